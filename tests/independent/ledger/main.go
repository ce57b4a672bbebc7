// Checks a log of DTKS with software that DTKS did not write: golang.org/x/mod/sumdb, as it checks Go's own log.
//
// Copyright the DTKS contributors. SPDX-License-Identifier: Apache-2.0
//
// It reads a folder:
//
//	key          the log's public key (vkey)
//	checkpoint   the head; older: an earlier one
//	entries      all entries of the head's tree, 32 bytes each
//	consistency  the proof between the two heads: a hash in Base64 on each line
//	event        one event with its proof: salt, text, then C2SP tlog-proof
//
// and exits 0 with a line for each thing that holds, or 1 with the first that does not.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const entryBytes = sha256.Size

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: ledger FOLDER")
		os.Exit(2)
	}
	if err := check(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(folder string) error {
	verifier, err := note.NewVerifier(strings.TrimSpace(string(read(folder, "key"))))
	if err != nil {
		return fmt.Errorf("key: %w", err)
	}
	head, err := opened(read(folder, "checkpoint"), verifier)
	if err != nil {
		return fmt.Errorf("signature: %w", err)
	}
	older, err := opened(read(folder, "older"), verifier)
	if err != nil {
		return fmt.Errorf("signature of the older head: %w", err)
	}
	fmt.Println("signature holds")
	if err := rootHolds(read(folder, "entries"), head); err != nil {
		return fmt.Errorf("root: %w", err)
	}
	fmt.Println("root holds")
	proof, err := hashes(string(read(folder, "consistency")))
	if err != nil {
		return fmt.Errorf("consistency: %w", err)
	}
	if err := tlog.CheckTree(proof, head.N, head.Hash, older.N, older.Hash); err != nil {
		return fmt.Errorf("consistency: %w", err)
	}
	fmt.Println("consistency holds")
	if err := inclusionHolds(string(read(folder, "event")), verifier); err != nil {
		return fmt.Errorf("inclusion: %w", err)
	}
	fmt.Println("inclusion holds")
	return nil
}

func read(folder, name string) []byte {
	content, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	return content
}

// opened is the head of a signed note: its origin must be the name of the key that signed it.
func opened(raw []byte, verifier note.Verifier) (tlog.Tree, error) {
	found, err := note.Open(raw, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(found.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// rootHolds builds the whole tree anew.
func rootHolds(entries []byte, head tlog.Tree) error {
	if int64(len(entries)) != head.N*entryBytes {
		return fmt.Errorf("%d bytes of entries for a tree of %d", len(entries), head.N)
	}
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for at, index := range indexes {
			found[at] = stored[index]
		}
		return found, nil
	})
	for n := int64(0); n < head.N; n++ {
		added, err := tlog.StoredHashes(n, entries[n*entryBytes:(n+1)*entryBytes], reader)
		if err != nil {
			return err
		}
		stored = append(stored, added...)
	}
	root, err := tlog.TreeHash(head.N, reader)
	if err == nil && root != head.Hash {
		err = errors.New("the entries have another one")
	}
	return err
}

// inclusionHolds checks one event: SHA-256 over salt and text is an entry of the signed tree.
func inclusionHolds(proof string, verifier note.Verifier) error {
	parts := strings.SplitN(proof, "\n\n", 3)
	if len(parts) != 3 {
		return errors.New("not a proof")
	}
	event, standard := strings.Split(parts[0], "\n"), strings.SplitN(parts[1], "\n", 3)
	if len(event) != 4 || len(standard) < 2 || standard[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("not a proof")
	}
	salt, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(event[2], "salt "))
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(standard[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	path, err := hashes(strings.Join(standard[2:], ""))
	if err != nil {
		return err
	}
	head, err := opened([]byte(parts[2]), verifier)
	if err != nil {
		return err
	}
	entry := sha256.Sum256(bytes.Join([][]byte{salt, []byte(strings.TrimPrefix(event[3], "text "))}, nil))
	return tlog.CheckRecord(path, head.N, head.Hash, index, tlog.RecordHash(entry[:]))
}

func hashes(lines string) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, line := range strings.Fields(lines) {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		found = append(found, hash)
	}
	return found, nil
}

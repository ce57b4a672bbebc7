"""What a bundle of proofs tells whoever opens it."""

README = """\
BUKTI DARI JEJAK AUDIT DTKS
===========================
Jejak   : {origin}
Ukuran  : {size} peristiwa saat paket ini dibuat
Isi     : {events} peristiwa

Berkas
  checkpoint     kepala jejak: nama, ukuran, akar pohon Merkle, tanda tangan (jejak dan para saksi)
  events.jsonl   satu peristiwa per baris: "text" isinya, "salt" garamnya, "index" tempatnya di pohon,
                 "proof" buktinya (RFC 6962); "rows" kunci orang dalam daftar yang tampil, atau "row"
                 satu di antaranya
  manifest.json  keterangan untuk program

Memeriksa, tanpa internet dan tanpa basis data, dengan kunci publik yang Anda peroleh dari sumber LAIN:
  ./dtks ledger check PAKET.zip --key KUNCI_JEJAK [--witness KUNCI_SAKSI ...] [--quorum N]

Terbukti bila sah: setiap peristiwa di sini tercatat dengan isi ini dan tidak diubah sejak kepala itu
ditandatangani. Dengan saksi: jejak tidak memperlihatkan sejarah lain kepada saksi itu. TIDAK terbukti: bahwa
tidak ada peristiwa lain, dan bahwa isi peristiwa itu benar ketika dicatat.
Paket ini memuat data pribadi terlindungi (kunci orang, akun petugas): simpan dan kirim dengan aman.


PROOFS FROM THE AUDIT TRAIL OF DTKS
===================================
Log     : {origin}
Size    : {size} events when this bundle was made
Content : {events} events

Files
  checkpoint     the head of the log: name, size, Merkle root, signatures (the log's and the witnesses')
  events.jsonl   an event a line: "text" what it says, "salt" its salt, "index" its place in the tree,
                 "proof" its proof (RFC 6962); "rows" the keys of people in a list that was shown, or
                 "row" one of them
  manifest.json  the same for programs

To check, without a network or a database, with a public key that you got from ANOTHER source:
  ./dtks ledger check BUNDLE.zip --key LOG_KEY [--witness WITNESS_KEY ...] [--quorum N]

With any other program: entry = SHA-256(salt || text), leaf = SHA-256(0x00 || entry), then the inclusion
proof of RFC 6962 to the root in the checkpoint, a signed note (C2SP signed-note, tlog-checkpoint).

Proven when it holds: every event in here was recorded with this content, and was not changed since that head
was signed. With witnesses: the log showed those witnesses no other history. NOT proven: that there are no
other events, nor that what an event says was true when it was recorded.
This bundle holds personal data (keys of people, accounts of officers): keep it and send it safely.
"""

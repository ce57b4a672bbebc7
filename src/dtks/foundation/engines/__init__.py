"""Tables on an engine: open Parquet lazily on Polars or DuckDB, collect, write. Nothing about welfare.

The pipeline is written once, in Narwhals; what stands here is the little that differs.
"""

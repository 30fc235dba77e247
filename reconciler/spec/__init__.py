"""The catalog file: TOML to `Catalog` and back. Kinds are passed in; none is named here."""

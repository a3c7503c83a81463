"""Does a connector survive Flyte? A conformance kit for any connector, in any language: ``connector-sanity --help``.

The checks come from reading and running Flyte 1.16.8 and Flyte 2 (main of 2026-08); each names its source. No
programme of Flyte's stands behind this kit.
"""

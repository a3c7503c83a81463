"""How does every Python task of ours get a sidecar? A plugin that lives in the SDK alone.

`improved` is the plugin, `client` what a task calls, `service` what runs beside it, and `fleet` has tasks.
"""

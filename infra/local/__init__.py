"""The local cloud: every outside part of GigSta on loopback, started and stopped as one."""

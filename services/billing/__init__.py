"""Billing: plans as data, quota set aside before work starts, device time metered, a double-entry ledger behind it."""

"""What every resource works with: storage, clock, events and their delivery, faults, lists."""

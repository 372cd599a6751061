// Resource target.

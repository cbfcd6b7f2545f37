"""The parts list: what a submission depends on and offers, as a CycloneDX document."""

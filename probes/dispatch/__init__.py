"""The probe of dispatch: whether letters reach those whom they are for, and nobody else."""

"""ECR beside what moto keeps: scans, and lifecycle policies that really remove images."""

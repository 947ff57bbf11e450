"""A made-up company whose platform speaks GitHub's, Alertmanager's and Prometheus' HTTP, for trials and tests."""

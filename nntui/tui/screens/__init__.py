"""Full-screen and modal views."""

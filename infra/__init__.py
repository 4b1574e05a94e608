"""Local cloud, build, migrations, seeding and load tools."""

"""Node, npm's packages, and what is built with them: the TypeScript client and the web app."""

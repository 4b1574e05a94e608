// Shows the OpenAPI document; requests go to the server that this page came from, whatever name it was called by.
"use strict";

async function show() {
  const response = await fetch("v1/openapi.json");
  if (!response.ok) throw new Error(`The OpenAPI document cannot be read (${response.status}).`);
  const description = await response.json();
  const here = new URL(".", location.href).href.replace(/\/$/, "");
  SwaggerUIBundle({
    spec: { ...description, servers: [{ url: here }] },
    dom_id: "#viewer",
    deepLinking: true,
    displayRequestDuration: true,
    // With all operations listed at once, Swagger UI keeps those alone in the page that are on the screen.
    docExpansion: "none",
    defaultModelsExpandDepth: 0,
    filter: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    // The page's own header says what these would.
    plugins: [{ wrapComponents: { InfoContainer: nothing, ServersContainer: nothing } }],
  });
}

const nothing = () => () => null;

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

show().catch((error) => {
  document.getElementById("viewer").textContent = error.message;
});

// Swagger UI leaves its filter outside every landmark.
new MutationObserver((_changes, watching) => {
  const filter = document.querySelector(".filter-container");
  if (!filter) return;
  filter.setAttribute("role", "search");
  watching.disconnect();
}).observe(document.body, { childList: true, subtree: true });

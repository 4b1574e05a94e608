// Finding a service, seeing its free slots, and booking one: signed in, or first as a guest.
import { call, create, session } from "./api.js";
import { book } from "./bookings.js";
import { field, form, h, link, money, note, show, table } from "./dom.js";

const DAYS = 7;

export async function searchPage(query) {
  const found = h("div", {});
  const terms = field("q", "What", { required: false, value: query.get("q") ?? "", placeholder: "cleaning" });
  const near = field("address", "Near", { required: false, value: query.get("address") ?? "", placeholder: "Auckland" });
  let latest = 0;
  async function search(values) {
    const mine = ++latest;
    const given = Object.entries({ ...values, limit: "20" }).filter(([, value]) => value);
    const { items } = await call("GET", `/v1/search/services?${new URLSearchParams(given)}`);
    // An earlier search may answer after a later one.
    if (mine === latest) found.replaceChildren(results(items));
  }
  show("Find a service", form("Search", [terms, near], search, { class: "row" }), found);
  await search(Object.fromEntries(["q", "address"].map((name) => [name, query.get(name) ?? ""])));
}

function results(items) {
  if (!items.length) return note("Nothing was found.");
  const rows = items.map((each) => [
    link(`/services/${each.id}`, each.title), each.provider.trading_name, money(each.price),
    each.distance_m === null || each.distance_m === undefined ? "–" : `${(each.distance_m / 1000).toFixed(1)} km`,
    each.rating.count ? `${each.rating.mean} (${each.rating.count})` : "–",
  ]);
  return table(rows, ["What", "Who", "Price", "Distance", "Rating"]);
}

export async function servicePage(id) {
  const from = new Date();
  const to = new Date(from.getTime() + DAYS * 86_400_000);
  const query = new URLSearchParams({ from: from.toISOString(), to: to.toISOString() });
  const [service, slots] = await Promise.all([
    call("GET", `/v1/services/${id}`), call("GET", `/v1/services/${id}/slots?${query}`),
  ]);
  show(service.title,
    h("p", {}, service.description),
    h("p", {}, `${money(service.total_price ?? service.price)}, ${service.duration_minutes} minutes, ${service.cancellation_policy} cancellation`),
    h("h2", {}, `Free in the next ${DAYS} days`),
    slots.items.length ? wishForm(service, slots.items) : note("No slot is free."));
}

const PLACES = { customer: "At my address", provider: "At the provider's place", online: "Online" };

/** Where it shall be done; only a visit asks for the address. */
function place(kinds, address) {
  const select = h("select", { name: "place_kind" }, kinds.map((kind) => h("option", { value: kind }, PLACES[kind])));
  const follow = () => {
    const isVisit = select.value === "customer";
    address.hidden = !isVisit;
    address.querySelector("input").disabled = !isVisit;
  };
  select.addEventListener("change", follow);
  follow();
  return h("label", { hidden: kinds.length === 1 }, "Place", select);
}

function wishForm(service, slots) {
  const key = crypto.randomUUID();
  // What is shown above is what is booked: other terms are refused.
  const terms = {
    service_id: service.id, expected_price: service.total_price, expected_cancellation_policy: service.cancellation_policy,
  };
  const options = slots.map((slot) => h("option", { value: slot.start_at }, slot.local_start.slice(0, 16).replace("T", " ")));
  const address = field("address", "Where", { placeholder: "1 Queen Street, Auckland", autocomplete: "street-address" });
  const fields = [h("label", {}, "When", h("select", { name: "start_at" }, options)), place(service.place_kinds, address), address];
  if (session()) return form("Book", fields, (wish) => book({ ...terms, ...wish }, key), { id: "book" });
  fields.push(field("full_name", "Your name", { autocomplete: "name" }),
    field("email", "Mail address", { type: "email", autocomplete: "email" }));
  return form("Book as a guest", fields, async ({ full_name, email, ...wish }) => {
    await create("/v1/booking-intents", { ...terms, ...wish, customer: { full_name, email } }, key);
    return h("div", {}, note("The time is held for a short while. Follow the link in your mail.", "good"),
      h("a", { href: "/_dev/mail" }, "Open the mail box"));
  }, { id: "book" });
}

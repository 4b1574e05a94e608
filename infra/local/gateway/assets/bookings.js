// A customer's or provider's bookings: what each is, what may be done with it now, and paying for it.
import { call, confirmAtStripe, create } from "./api.js";
import { field, form, h, instant, link, money, note, show, table } from "./dom.js";

// Test cards of https://docs.stripe.com/testing by the tokens Stripe has for them.
const CARDS = [
  ["pm_card_visa", "4242 4242 4242 4242, succeeds"],
  ["pm_card_threeDSecure2Required", "4000 0000 0000 3220, asks for 3D Secure"],
  ["pm_card_chargeDeclined", "4000 0000 0000 0002, is declined"],
];
const WAITING = ["none", "action_required", "failed"];

export async function bookingsPage() {
  const { roles } = await call("GET", "/v1/users/me");
  const sides = roles.includes("provider") ? ["customer", "provider"] : ["customer"];
  const pages = await Promise.all(sides.map((side) => call("GET", `/v1/bookings?role=${side}&limit=50`)));
  show("Your bookings", sides.flatMap((side, index) => [h("h2", {}, `As ${side}`), list(pages[index].items)]));
}

function list(items) {
  if (!items.length) return note("None.");
  const rows = items.map((each) => [
    link(`/bookings/${each.id}`, each.service.title), instant(each.start_at, each.timezone), each.status, money(each.price),
  ]);
  return table(rows, ["What", "When", "State", "Price"]);
}

/** One booking; Stripe's 3D Secure page returns here too, with its secrets in the address. */
export async function bookingPage(id) {
  history.replaceState(null, "", location.pathname);
  await draw(id);
}

async function draw(id, said = null) {
  let booking = await call("GET", `/v1/bookings/${id}`);
  let unpaid = null;
  if (booking.role === "customer" && WAITING.includes(booking.payment.state)) {
    // Re-reads Stripe, moves the booking on if it was paid meanwhile, and else says what is to be done.
    unpaid = await call("POST", `/v1/bookings/${id}/payment/confirm`);
    booking = await call("GET", `/v1/bookings/${id}`);
  }
  const trailItems = (await call("GET", `/v1/bookings/${id}/history?limit=100`)).items;
  const { payment, place } = booking;
  const facts = table([
    ["State", h("b", { id: "status" }, booking.status)],
    ["When", `${instant(booking.start_at, booking.timezone)} (${booking.timezone})`],
    ["Where", where(place)],
    ["Price", money(booking.price)],
    ["Payment", payment.state],
    ["Payout", booking.payout.state],
    ...(booking.role === "customer" && booking.start_code ? [["Code to give when you meet", booking.start_code]] : []),
  ]);
  const trail = trailItems.map((row) => [
    instant(row.at), row.action, row.actor.kind, `${row.from_status ?? "–"} → ${row.to_status}`,
  ]);
  show(booking.service.title, said, facts, pay(booking, unpaid),
    booking.available_actions.length ? h("h2", {}, "What you may do now") : null,
    booking.available_actions.map((action) => actionForm(booking, action)),
    h("h2", {}, "History"), table(trail, ["When", "Action", "By", "State"]));
}

/** An address, or the link, which is shown while the work is agreed. */
function where({ kind, address, online_link: url }) {
  if (kind !== "online") return kind === "provider" ? `${address || "–"} (at the provider's)` : address;
  return url ? h("a", { href: url, rel: "noreferrer" }, url) : "Online";
}

function pay(booking, unpaid) {
  const { client_secret: secret } = unpaid?.action ?? {};
  if (!secret) return null;
  const problem = unpaid.last_error_message;
  if (!window.gigsta.stripe) {
    return note("This cloud uses Stripe's test mode, where a card form needs Stripe.js. Confirm the payment in your own frontend.");
  }
  const cards = h("label", {}, "Test card", h("select", { name: "card" }, CARDS.map(([token, text]) => h("option", { value: token }, text))));
  return [h("h2", {}, "Pay"), problem ? note(problem, "bad") : null,
    form(`Pay ${money(booking.price)}`, [cards], async ({ card }) => {
      const intent = await confirmAtStripe(secret, card, location.href);
      const next = intent.next_action?.redirect_to_url?.url;
      if (next) return location.assign(next);
      await draw(booking.id, note("Done at Stripe.", "good"));
    }, { id: "pay" })].filter(Boolean);
}

function actionForm(booking, action) {
  const asked = Object.entries(action.input_schema?.properties ?? {}).filter(([name]) => name !== "accepted_fee");
  const inputs = asked.map(([name, schema]) =>
    input(name, schema, action.input_schema.required?.includes(name) ?? false));
  const { fee, refund } = action.consequences ?? {};
  const consequences = refund ? note(`Refund ${money(refund)}, fee ${money(fee)}.`) : null;
  const element = form(action.button_label, [...inputs, consequences].filter(Boolean), async (values) => {
    if (action.is_critical && !confirm(`${action.button_label}? This cannot be undone.`)) return null;
    const schema = action.input_schema?.properties ?? {};
    const body = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== "")
      .map(([name, value]) => [name, typed(value, schema[name])]));
    // Agrees to what is shown here; where it costs something else by now, the answer says what.
    if (fee) body.accepted_fee = fee.amount;
    await call("POST", `/v1/bookings/${booking.id}/actions/${action.action_name}`, body);
    await draw(booking.id, note(`Done: ${action.button_label}.`, "good"));
  }, { "data-action": action.action_name });
  if (action.is_critical) element.querySelector("button").className = "critical";
  return element;
}

function input(name, schema, required) {
  const kind = { integer: "number", number: "number", boolean: "checkbox" }[schema.type] ?? "text";
  return field(name, schema.title ?? name, { type: kind, required, placeholder: schema.format ?? "" });
}

function typed(value, schema) {
  if (schema?.type === "integer" || schema?.type === "number") return Number(value);
  return schema?.type === "boolean" ? value === "on" : value;
}

/** Book a slot, then show the booking; a lost answer may be asked for again with the same key. */
export async function book(wish, key) {
  const booking = await create("/v1/bookings", wish, key);
  location.assign(`${window.gigsta.base}/bookings/${booking.id}`);
}

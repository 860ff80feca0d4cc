// A small company for the browser: two teams that don't see each other, made over the public API.
export const PASSWORD = "a password of the tests";

/** Close to a place in Berlin; the tests move by metres from here. */
export const HERE = { latitude: 52.52, longitude: 13.405 };
const METRES_A_DEGREE = 111_195;

export function north(metres, from = HERE) {
  return { ...from, latitude: from.latitude + metres / METRES_A_DEGREE };
}

export async function foundCompany(hub) {
  const ask = asker(hub.url, hub.token);
  const team = async (name) => {
    const manager = await user(`${name} manager`, "MANAGER", null);
    const { createTeam } = await ask(
      `mutation($input: CreateTeamInput!) { createTeam(input: $input) { team { id } userErrors { message } } }`,
      { input: { name, managerId: manager.id } },
    );
    return { id: createTeam.team.id, manager };
  };
  const user = async (name, role, teamId) => {
    const email = `${name.replaceAll(" ", ".")}@browser.example`;
    const { createUser } = await ask(
      `mutation($input: CreateUserInput!) { createUser(input: $input) { user { id } userErrors { message } } }`,
      { input: { name, email, role, teamId, password: PASSWORD } },
    );
    if (!createUser.user) throw new Error(JSON.stringify(createUser.userErrors));
    return { id: createUser.user.id, name, email };
  };
  const rep = async (name, team) => {
    const person = await user(name, "REP", team.id);
    const { enrolDevice } = await ask(
      `mutation($input: EnrolDeviceInput!) { enrolDevice(input: $input) { credential } }`,
      { input: { name: "phone", platform: "test", userId: person.id } },
    );
    return { ...person, credential: enrolDevice.credential };
  };
  const customer = async (name, code, at, rep) => {
    const { createCustomer } = await ask(
      `mutation($input: CreateCustomerInput!) { createCustomer(input: $input) { customer { id } userErrors { message } } }`,
      { input: { name, code, position: at, assignTo: { repId: rep.id, dueEveryDays: 14 } } },
    );
    if (!createCustomer.customer) throw new Error(JSON.stringify(createCustomer.userErrors));
    return { id: createCustomer.customer.id, name };
  };
  const fence = (customerId, centre, radiusM) =>
    ask(
      `mutation($input: DrawGeofenceInput!) { drawGeofence(input: $input) { geofence { id } } }`,
      { input: { customerId, shape: { circle: { ...centre, radiusM } } } },
    );
  const north = await team("north");
  const south = await team("south");
  return {
    ask,
    admin: await user("Ada Admin", "ADMIN", null),
    customer,
    fence,
    north: { ...north, rep: await rep("Nora North", north) },
    south: { ...south, rep: await rep("Sam South", south) },
    rep,
  };
}

/** Posts check-ins as a phone does; tells the receipts. */
export async function post(hub, rep, ...checkIns) {
  const points = checkIns.map((point) => ({
    id: crypto.randomUUID(),
    recordedAt: new Date().toISOString(),
    accuracyM: 5,
    ...point,
  }));
  const response = await fetch(`${hub.url}/v1/check-ins`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${rep.credential}` },
    body: JSON.stringify({ checkIns: points }),
  });
  if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()).receipts;
}

function asker(url, token) {
  return async (query, variables = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };
}

/** What the secretariat changes in the files of the pack, so that the year asks the new survey and has a second meeting. */
export const FILES = {
  "surveys.json": (text) => {
    const json = JSON.parse(text);
    json.surveys.find((survey) => survey.id === "madoguchi").report = { title: "相談窓口の調査結果について", target: "市内の事業所" };
    return JSON.stringify(json, null, 2);
  },
  "cycles/annual.rhai": (text) => text.replaceAll('"discharge"', '"madoguchi"'),
  "cycles/annual.json": (text) => {
    const json = JSON.parse(text);
    json.fields.push({ ...json.fields.find((field) => field.id === "meeting"), id: "meeting_2", title: "第２回推進会議", not_before: "meeting" });
    return JSON.stringify(json, null, 2);
  },
  "agenda.json": (text) => {
    const json = JSON.parse(text);
    json.meetings.push({ ...json.meetings[0], id: "committee-2", ordinal: 2, on: "meeting_2" });
    return JSON.stringify(json, null, 2);
  },
};

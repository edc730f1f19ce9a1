/** Steps that wait long enough for a machine that is busy with other work. */
export const patient = (steps) => steps.map((step) => ({ timeout: 60000, ...step }));

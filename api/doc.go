// Package api serves the engine over HTTP: JSON in and out, problem documents
// that give their grounds, an OpenAPI 3.1 document generated from the code,
// and one plain page that says what this is.
//
// It holds no data and takes no decision. A handler decodes, calls one door of
// the engine with the actor and the instant as parameters, and encodes.
//
// It guarantees that every route has a row in one table of endpoint, posts and
// scope (a route without a row cannot be served), that what is outside an
// actor's reach answers like what does not exist, that every error is an
// application/problem+json document from one table of kinds, and that neither
// logs nor paths carry personal data.
package api

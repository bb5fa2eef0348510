// Package draw shows a workflow to people: the diagram of its stages, the
// rulebook that sets every sentence beside the article behind it, the roles,
// the courses a case can take, and the actions with their fields.
//
// It holds no data. Every function is pure and gives the same bytes for the
// same compiled workflow, so that the results can be kept as golden files and
// signed by whoever answers for the regulation.
package draw

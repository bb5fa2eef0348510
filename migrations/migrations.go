// Package migrations holds the tables of the store as SQL, one folder per
// database. Both folders end in the same tables with the same columns; types,
// triggers and index options may differ. The store runs them in order; a file
// that was released is never changed, a later one corrects it.
package migrations

import "embed"

// Files are the migrations: sqlite/*.sql and postgres/*.sql.
//
//go:embed sqlite/*.sql postgres/*.sql
var Files embed.FS

// Package storetest is the contract of the store: one suite that every
// database has to pass, concurrency and two handles at once included.
//
// It also provides what tests over PostgreSQL need: [Postgres] gives a fresh
// database on the server named by JINCHU_TEST_POSTGRES, or on one it starts
// for the test process where the server's programs are installed. A package
// whose tests use it calls [Main] from its TestMain, which stops that server.
//
// The package holds made-up people only, and no data outlives a test.
package storetest

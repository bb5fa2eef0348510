// Package house checks the house itself: which package may import which
// (arrows_test.go), and that what README and doc say about paths, symbols and
// commands is so (docs_test.go). It holds nothing and is imported by nobody.
package house

package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"jinchu/migrations"
)

// arrows says which of our packages each one may import: left imports right
// and nothing else of ours. A package that is not here does not pass.
var arrows = map[string]string{
	"cmd/jinchu":      "api calendar engine engine/draw engine/inmem keyholder ledger migrations register sampling scheduler simulate spotcheck store story supervise workflows",
	"api":             "calendar engine ledger papers register sampling spotcheck supervise",
	"papers":          "calendar engine register",
	"scheduler":       "calendar engine register",
	"spotcheck":       "calendar engine register sampling workflows",
	"supervise":       "calendar engine register workflows",
	"story":           "calendar engine ledger register sampling spotcheck supervise workflows",
	"simulate":        "calendar engine register spotcheck supervise workflows",
	"store":           "calendar engine ledger migrations register",
	"store/storetest": "calendar engine ledger register scheduler store",
	"workflows":       "calendar engine register sampling",
	"engine":          "calendar ledger register",
	"engine/draw":     "calendar engine register",
	"engine/inmem":    "calendar engine ledger register",
	"keyholder":       "sampling",
	"register":        "calendar",
	"calendar":        "",
	"ledger":          "",
	"sampling":        "",
	"migrations":      "",
	"":                "", // the house itself
}

// Tests may import what they need of ours, but the foundation is tested
// without the floors above it.
var foundation = []string{"calendar", "ledger", "register", "sampling"}

// plain packages import nothing outside the standard library but our own.
var plain = []string{"calendar", "ledger", "register", "sampling", "keyholder", "migrations", "engine/inmem", "engine/draw"}

// refused are imports of others that a package and those below it never have,
// tests aside.
var refused = map[string][]string{
	"engine":    {"database/sql", "net/http", "os"},
	"workflows": {"database/sql", "net/http", "os"},
	"api":       {"database/sql"},
}

// initialized are the files that may hold an init function, and why.
var initialized = map[string]string{
	"api/problem.go": "the library takes its error constructors by package variables",
}

// source is one Go file of ours.
type source struct {
	path string // from the root, with slashes
	file *ast.File
}

func (s *source) room() string {
	if d := path.Dir(s.path); d != "." {
		return d
	}
	return ""
}

func (s *source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

func (s *source) imports() []string {
	var out []string
	for _, spec := range s.file.Imports {
		p, _ := strconv.Unquote(spec.Path.Value) // the parser has read it
		out = append(out, p)
	}
	return out
}

// sources parses every Go file of the module.
func sources(t *testing.T) []*source {
	t.Helper()
	var out []*source
	walk(t, func(p string) {
		if !strings.HasSuffix(p, ".go") || strings.Contains(p, "testdata/") {
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.FromSlash(p), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, &source{p, f})
	})
	if len(out) < 20 {
		t.Fatalf("found only %d Go files: the walk is wrong", len(out))
	}
	return out
}

// walk visits the files of the repository, hidden ones aside.
func walk(t *testing.T, visit func(path string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "jinchu-data"):
			return filepath.SkipDir
		case !d.IsDir():
			visit(filepath.ToSlash(p))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestArrows(t *testing.T) {
	for _, s := range sources(t) {
		room := s.room()
		allowed, known := arrows[room]
		if !known {
			t.Errorf("%s: package %s has no arrows; add a line to the table", s.path, room)
			continue
		}
		for _, p := range s.imports() {
			ours, isOurs := strings.CutPrefix(p, "jinchu/")
			switch {
			case isOurs && ours != room && !slices.Contains(strings.Fields(allowed), ours):
				if !s.isTest() || slices.Contains(foundation, room) {
					t.Errorf("%s: %s may not import %s", s.path, room, ours)
				}
			case !isOurs && strings.Contains(p, ".") && slices.Contains(plain, room) && !s.isTest():
				t.Errorf("%s: %s imports nothing but the standard library, not %s", s.path, room, p)
			}
		}
	}
}

func TestRefusedImports(t *testing.T) {
	for _, s := range sources(t) {
		if s.isTest() {
			continue
		}
		for room, never := range refused {
			if s.room() != room && !strings.HasPrefix(s.room(), room+"/") {
				continue
			}
			for _, p := range s.imports() {
				if slices.Contains(never, p) {
					t.Errorf("%s: %s never imports %s", s.path, room, p)
				}
			}
		}
		if slices.Contains(s.imports(), "testing") && s.room() != "store/storetest" {
			t.Errorf("%s: testing stands in tests and store/storetest only", s.path)
		}
	}
}

// The clock is read in cmd; everywhere else an instant is a parameter.
func TestClockStandsInCmd(t *testing.T) {
	for _, s := range sources(t) {
		if s.isTest() || strings.HasPrefix(s.path, "cmd/") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := sel.X.(*ast.Ident)
			if ok && pkg.Name == "time" && slices.Contains([]string{"Now", "Since", "Until"}, sel.Sel.Name) {
				t.Errorf("%s: time.%s stands in cmd only", s.path, sel.Sel.Name)
			}
			return true
		})
	}
}

func TestPackageComments(t *testing.T) {
	rooms := map[string]int{}
	for _, s := range sources(t) {
		if s.isTest() {
			continue
		}
		rooms[s.room()] += 0
		if s.file.Doc != nil {
			rooms[s.room()]++
		}
	}
	for room, n := range rooms {
		if n != 1 {
			t.Errorf("package %q has %d package comments, not one", room, n)
		}
	}
	for room := range arrows {
		if _, ok := rooms[room]; !ok {
			t.Errorf("the arrows name package %q, which does not exist", room)
		}
	}
}

func TestNothingHappensOnImport(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && f.Recv == nil && f.Name.Name == "init" && initialized[s.path] == "" {
				t.Errorf("%s: init; say in the table why it has to be, or do without", s.path)
			}
		}
	}
}

// Both databases go through the same steps.
func TestMigrationsPair(t *testing.T) {
	names := func(folder string) []string {
		entries, err := fs.ReadDir(migrations.Files, folder)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for i, e := range entries {
			number, _, _ := strings.Cut(e.Name(), "_")
			if n, err := strconv.Atoi(number); err != nil || n != i+1 {
				t.Errorf("%s/%s: migrations are numbered 1, 2, 3 without gaps", folder, e.Name())
			}
			out = append(out, e.Name())
		}
		return out
	}
	lite, pg := names("sqlite"), names("postgres")
	if !slices.Equal(lite, pg) {
		t.Errorf("sqlite has %v, postgres %v", lite, pg)
	}
}

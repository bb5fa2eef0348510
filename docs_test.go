package house

import (
	"cmp"
	"go/ast"
	"go/doc"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// house is what documents may name: files, folders, symbols and commands.
type house struct {
	files   []string                   // from the root, folders with a slash at the end
	symbols map[string]map[string]bool // package name -> "Symbol", "Type.Method" or "Type.field"
	byFile  map[string]map[string]bool // path of a file -> what it declares
	command []string                   // subcommands of jinchu
	flags   []string                   // of any of them
	targets []string                   // of the Makefile
}

func readHouse(t *testing.T) *house {
	t.Helper()
	h := &house{symbols: map[string]map[string]bool{}, byFile: map[string]map[string]bool{}, flags: []string{"help"}}
	folders := map[string]bool{}
	walk(t, func(p string) {
		h.files = append(h.files, p)
		for d := path.Dir(p); d != "."; d = path.Dir(d) {
			folders[d+"/"] = true
		}
	})
	h.files = append(h.files, ".ci/run")
	h.files = slices.AppendSeq(h.files, maps.Keys(folders))
	for _, s := range sources(t) {
		names := declared(s.file)
		h.byFile[s.path] = names
		pkg := cmp.Or(path.Base(s.room()), s.file.Name.Name)
		if h.symbols[pkg] == nil {
			h.symbols[pkg] = map[string]bool{}
		}
		maps.Copy(h.symbols[pkg], names)
		if s.room() == "cmd/jinchu" {
			h.commandLine(s.file)
		}
	}
	for line := range strings.Lines(read(t, "Makefile")) {
		if name, _, ok := strings.Cut(line, ":"); ok && name != "" && name[0] != '\t' && name[0] != '.' {
			h.targets = append(h.targets, name)
		}
	}
	return h
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// declared are the names a file declares: functions, types, constants,
// variables, and methods and fields behind their type.
func declared(f *ast.File) map[string]bool {
	out := map[string]bool{}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Recv != nil {
				name = typeName(d.Recv.List[0].Type) + "." + name
			}
			out[name] = true
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					out[spec.Name.Name] = true
					members(spec, out)
				case *ast.ValueSpec:
					for _, n := range spec.Names {
						out[n.Name] = true
					}
				}
			}
		}
	}
	return out
}

func members(spec *ast.TypeSpec, out map[string]bool) {
	var list *ast.FieldList
	switch u := spec.Type.(type) {
	case *ast.StructType:
		list = u.Fields
	case *ast.InterfaceType:
		list = u.Methods
	default:
		return
	}
	for _, f := range list.List {
		for _, n := range f.Names {
			out[spec.Name.Name+"."+n.Name] = true
		}
	}
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.IndexExpr:
		return typeName(e.X)
	case *ast.IndexListExpr:
		return typeName(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// commandLine reads commands and flags from the tagged fields they are parsed
// into; untagged names are the field's in kebab case.
func (h *house) commandLine(f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		list, ok := n.(*ast.StructType)
		if !ok {
			return true
		}
		for _, field := range list.Fields.List {
			if field.Tag == nil || len(field.Names) == 0 {
				continue
			}
			raw, _ := strconv.Unquote(field.Tag.Value) // the parser has read it
			tag := reflect.StructTag(raw)
			name := cmp.Or(tag.Get("name"), kebab(field.Names[0].Name))
			if _, isCommand := tag.Lookup("cmd"); isCommand {
				h.command = append(h.command, name)
			} else {
				h.flags = append(h.flags, name)
			}
		}
		return true
	})
}

func kebab(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// has reports whether a path or a pattern of paths names something of ours. A
// name alone may stand in any folder.
func (h *house) has(name string) bool {
	return slices.ContainsFunc(h.files, func(f string) bool {
		match, err := path.Match(name, f)
		if err == nil && !match && !strings.Contains(strings.TrimSuffix(name, "/"), "/") {
			match, err = path.Match(name, path.Base(f))
		}
		return err == nil && (match || f == name+"/")
	})
}

var (
	link       = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	span       = regexp.MustCompile("`([^`\n]+)`")
	repoPath   = regexp.MustCompile(`^[\w.*-]+(/[\w.*-]+)*/?$`)
	fileSuffix = regexp.MustCompile(`\.(go|md|sh|txt|sql|toml|svg|png|html|css|json|csv|mod)$`)
	fileSymbol = regexp.MustCompile(`^([\w./-]+\.go):([\w.]+)$`)
	pkgSymbol  = regexp.MustCompile(`^([a-z]+)\.([A-Za-z]\w*(?:\.\w+)?)(?:\(.*\))?$`)
	shellLine  = regexp.MustCompile(`^(?:\$ )?(?:jinchu|go run \./cmd/jinchu|go|make|bash)(?: |$)`)
	heading    = regexp.MustCompile(`(?m)^#+ +(.+)$`)
)

// check says what is wrong with one name in backticks, "" for nothing.
func (h *house) check(name string) string {
	if shellLine.MatchString(name) {
		return h.checkCommand(name)
	}
	if m := fileSymbol.FindStringSubmatch(name); m != nil {
		for p, names := range h.byFile {
			if (p == m[1] || path.Base(p) == m[1]) && names[m[2]] {
				return ""
			}
		}
		return "no such symbol in such a file"
	}
	if fileSuffix.MatchString(name) && repoPath.MatchString(name) || strings.HasSuffix(name, "/") && repoPath.MatchString(name) {
		if !h.has(name) {
			return "no such file or folder"
		}
		return ""
	}
	// A name with an underscore is the key of a parameter: no Go name has one.
	if m := pkgSymbol.FindStringSubmatch(name); m != nil && h.symbols[m[1]] != nil && !strings.Contains(m[2], "_") {
		if !h.symbols[m[1]][m[2]] {
			return "no such symbol"
		}
		return ""
	}
	first, _, slashed := strings.Cut(name, "/")
	if slashed && repoPath.MatchString(name) && h.has(first+"/") && !h.has(name) {
		return "no such file or folder"
	}
	return ""
}

// checkCommand checks a command line: the subcommand and flags of jinchu, the
// target of make, the folders and files it names.
func (h *house) checkCommand(line string) string {
	line, _, _ = strings.Cut(strings.TrimPrefix(line, "$ "), " #")
	words := strings.Fields(strings.Replace(line, "go run ./cmd/jinchu", "jinchu", 1))
	if words[0] == "make" && len(words) > 1 && !slices.Contains(h.targets, words[1]) {
		return "no such target in the Makefile"
	}
	if words[0] == "jinchu" {
		if len(words) > 1 && !strings.HasPrefix(words[1], "-") && !slices.Contains(h.command, words[1]) {
			return "no such subcommand"
		}
		for _, w := range words[1:] {
			flag, _, _ := strings.Cut(strings.TrimLeft(w, "-[")+"=", "=")
			if strings.HasPrefix(strings.TrimLeft(w, "["), "--") && !slices.Contains(h.flags, strings.TrimRight(flag, "]")) {
				return "no such flag: " + w
			}
		}
	}
	for _, w := range words[1:] {
		p := strings.TrimPrefix(w, "./")
		if (p != w || fileSuffix.MatchString(w)) && repoPath.MatchString(p) && p != "..." && !h.has(strings.TrimSuffix(p, "/...")) {
			return "no such file or folder: " + w
		}
	}
	return ""
}

// documents are the texts that are checked.
func documents(t *testing.T) []string {
	t.Helper()
	out := []string{}
	walk(t, func(p string) {
		if strings.HasSuffix(p, ".md") && (strings.HasPrefix(p, "README") || strings.HasPrefix(p, "doc/")) {
			out = append(out, p)
		}
	})
	if !slices.Contains(out, "README.md") || len(out) < 5 {
		t.Fatalf("documents are missing: found %v", out)
	}
	return out
}

// Whatever a document names is there: links, paths, symbols, commands.
func TestDocumentsNameWhatIsThere(t *testing.T) {
	h := readHouse(t)
	for _, document := range documents(t) {
		text := read(t, document)
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if why := checkLink(t, document, m[1]); why != "" {
				t.Errorf("%s: link %s: %s", document, m[1], why)
			}
		}
		fenced := false
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			switch {
			case strings.HasPrefix(line, "```"):
				fenced = !fenced
			case fenced && shellLine.MatchString(line):
				if why := h.checkCommand(line); why != "" {
					t.Errorf("%s: %s: %s", document, line, why)
				}
			case !fenced:
				for _, m := range span.FindAllStringSubmatch(line, -1) {
					if why := h.check(m[1]); why != "" {
						t.Errorf("%s: `%s`: %s", document, m[1], why)
					}
				}
			}
		}
	}
}

// checkLink says what is wrong with a link, "" for nothing. Links out of the
// repository are not followed.
func checkLink(t *testing.T, document, target string) string {
	if strings.Contains(target, "://") {
		return ""
	}
	file, anchor, _ := strings.Cut(target, "#")
	if file != "" {
		file = path.Join(path.Dir(document), file)
	} else {
		file = document
	}
	if _, err := os.Stat(filepath.FromSlash(file)); err != nil {
		return "leads nowhere"
	}
	if anchor == "" || !strings.HasSuffix(file, ".md") {
		return ""
	}
	for _, m := range heading.FindAllStringSubmatch(read(t, file), -1) {
		if slug(m[1]) == anchor {
			return ""
		}
	}
	return "no such heading"
}

// slug is a heading as links name it.
func slug(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r):
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(s))
}

// The map of rooms in the README says of each package what its own comment
// says, and the Chinese README has the same rooms.
func TestMapOfRooms(t *testing.T) {
	english, chinese := read(t, "README.md"), read(t, "README.zh-CN.md")
	for _, s := range sources(t) {
		if s.isTest() || s.file.Doc == nil || s.room() == "" {
			continue
		}
		row := "| `" + s.room() + "/` | " + purpose(s.file) + " |"
		if !strings.Contains(english, row) {
			t.Errorf("README.md: the map of rooms lacks the line\n%s", row)
		}
		if !strings.Contains(chinese, "| `"+s.room()+"/` |") {
			t.Errorf("README.zh-CN.md: the map of rooms lacks %s", s.room())
		}
	}
}

// purpose is what the first sentence of the package comment says, up to a
// colon.
func purpose(f *ast.File) string {
	says := strings.TrimSuffix(new(doc.Package).Synopsis(f.Doc.Text()), ".")
	says, _, _ = strings.Cut(says, ": ")
	for range 2 { // "Package engine", "Command jinchu"
		_, says, _ = strings.Cut(says, " ")
	}
	return strings.NewReplacer("[", "`", "]", "`").Replace(says)
}

// Every term of the glossary stands for something in the code: its third
// column names an exported symbol, with its package.
func TestGlossaryTermsAreInTheCode(t *testing.T) {
	terms := 0
	for line := range strings.Lines(read(t, "doc/glossary.md")) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) < 3 || strings.HasPrefix(strings.TrimSpace(cells[0]), "-") || strings.TrimSpace(cells[1]) == "English" {
			continue
		}
		terms++
		names := span.FindAllStringSubmatch(cells[2], -1)
		if len(names) == 0 {
			t.Errorf("glossary: %s names nothing in the code", strings.TrimSpace(cells[0]))
		}
		for _, m := range names {
			symbol := pkgSymbol.FindStringSubmatch(m[1])
			if symbol == nil || !ast.IsExported(symbol[2]) {
				t.Errorf("glossary: `%s` is not an exported symbol with its package", m[1])
			}
		}
	}
	if terms < 20 {
		t.Errorf("glossary: only %d terms were read", terms)
	}
}

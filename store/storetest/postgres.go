package storetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/lib/pq" // the driver
)

// Postgres returns the URL of an empty database that lives as long as the
// test. Without a server the test is skipped, or fails where JINCHU_REQUIRE
// names postgres.
func Postgres(t testing.TB) string {
	t.Helper()
	admin, err := serverURL()
	if err != nil {
		if strings.Contains(os.Getenv("JINCHU_REQUIRE"), "postgres") {
			t.Fatalf("PostgreSQL is required: %v", err)
		}
		t.Skipf("skipped: no PostgreSQL: %v", err)
	}
	db, err := sql.Open("postgres", admin)
	if err != nil {
		t.Fatal(err)
	}
	name := "jinchu_test_" + randomHex(8)
	if _, err := db.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatalf("create a database: %v", err)
	}
	t.Cleanup(func() {
		_, err := db.Exec("DROP DATABASE " + name + " WITH (FORCE)")
		if err := errors.Join(err, db.Close()); err != nil {
			t.Errorf("drop the database: %v", err)
		}
	})
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// Main runs the tests of a package and stops the server they may have started.
func Main(m *testing.M) {
	code := m.Run()
	if err := own.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// serverURL is the server to use: the one named, or the process's own.
func serverURL() (string, error) {
	if named := os.Getenv("JINCHU_TEST_POSTGRES"); named != "" {
		return named, nil
	}
	own.once.Do(func() { own.url, own.err = own.start() })
	return own.url, own.err
}

// server is a PostgreSQL server of this process's own.
type server struct {
	once sync.Once
	url  string
	err  error

	dir     string
	process *os.Process
	ended   chan error // gets the outcome of the process, once
	output  bytes.Buffer
}

var own server

// start makes a cluster in a temporary folder and starts a server on it. The
// server refuses to run as root, so root runs it as somebody else.
func (s *server) start() (string, error) {
	bin, err := programs()
	if err != nil {
		return "", err
	}
	runAs, err := unprivileged()
	if err != nil {
		return "", err
	}
	if s.dir, err = os.MkdirTemp("", "jinchu-pg-"); err != nil {
		return "", err
	}
	password, passwordFile := randomHex(16), filepath.Join(s.dir, "password")
	if err := os.WriteFile(passwordFile, []byte(password), 0o600); err != nil {
		return "", errors.Join(err, s.stop())
	}
	if runAs != nil {
		for _, path := range []string{s.dir, passwordFile} {
			if err := os.Chown(path, runAs.uid, runAs.gid); err != nil {
				return "", errors.Join(err, s.stop())
			}
		}
	}
	data := filepath.Join(s.dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "scram-sha-256",
		"--pwfile", passwordFile, "--no-locale", "-E", "UTF8", "--no-sync")
	initdb.Dir, initdb.SysProcAttr = s.dir, attributes(runAs)
	if out, err := initdb.CombinedOutput(); err != nil {
		return "", errors.Join(fmt.Errorf("initdb: %w: %s", err, out), s.stop())
	}
	for range 3 { // somebody else may take the port first
		var at string
		if at, err = s.serve(filepath.Join(bin, "postgres"), data, password, runAs); err == nil {
			return at, nil
		}
	}
	return "", errors.Join(err, s.stop())
}

// serve starts the server on a free port and waits until it answers.
func (s *server) serve(program, data, password string, runAs *account) (string, error) {
	port, err := freePort()
	if err != nil {
		return "", err
	}
	cmd := exec.Command(program, "-D", data, "-h", "127.0.0.1", "-p", strconv.Itoa(port), "-k", s.dir, "-c", "max_connections=200")
	s.output.Reset()
	cmd.Dir, cmd.SysProcAttr, cmd.Stdout, cmd.Stderr = s.dir, attributes(runAs), &s.output, &s.output
	s.ended = make(chan error, 1)
	if err := startBound(cmd, s.ended); err != nil {
		return "", err
	}
	s.process = cmd.Process
	u := url.URL{Scheme: "postgres", User: url.UserPassword("postgres", password),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), Path: "/postgres", RawQuery: "sslmode=disable"}
	if err := s.answers(u.String()); err != nil {
		s.process = nil
		return "", fmt.Errorf("%w: %s", err, s.output.String())
	}
	return u.String(), nil
}

// answers waits until the server takes connections, or has ended.
func (s *server) answers(at string) error {
	db, err := sql.Open("postgres", at)
	if err != nil {
		return err
	}
	defer db.Close()
	for range 600 {
		if err = db.PingContext(context.Background()); err == nil {
			return nil
		}
		select {
		case ended := <-s.ended:
			return fmt.Errorf("the server ended: %w", ended)
		case <-time.After(50 * time.Millisecond):
		}
	}
	return errors.Join(fmt.Errorf("the server does not answer: %w", err), s.end())
}

// stop ends the server, by its own process, and removes its folder.
func (s *server) stop() error {
	err := s.end()
	if s.dir != "" {
		err = errors.Join(err, os.RemoveAll(s.dir))
		s.dir = ""
	}
	return err
}

func (s *server) end() error {
	if s.process == nil {
		return nil
	}
	defer func() { s.process = nil }()
	if err := s.process.Signal(os.Interrupt); err != nil { // a fast shutdown: connections are cut
		return err
	}
	select {
	case err := <-s.ended:
		return err
	case <-time.After(20 * time.Second):
		return errors.Join(errors.New("the server did not stop"), s.process.Kill())
	}
}

// programs finds the folder of the server's programs.
func programs() (string, error) {
	var folders []string
	if path, err := exec.LookPath("postgres"); err == nil {
		folders = append(folders, filepath.Dir(path))
	}
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		folders = append(folders, strings.TrimSpace(string(out)))
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		slices.Reverse(found) // the newest first
		folders = append(folders, found...)
	}
	for _, folder := range folders {
		_, noInitdb := os.Stat(filepath.Join(folder, "initdb"))
		_, noServer := os.Stat(filepath.Join(folder, "postgres"))
		if noInitdb == nil && noServer == nil {
			return folder, nil
		}
	}
	return "", errors.New("its programs are not installed and JINCHU_TEST_POSTGRES is not set")
}

// account is who the server runs as.
type account struct{ uid, gid int }

// unprivileged is somebody else where this process is root, nil otherwise.
func unprivileged() (*account, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, bad := strconv.Atoi(u.Uid)
		gid, worse := strconv.Atoi(u.Gid)
		if bad == nil && worse == nil && uid != 0 {
			return &account{uid, gid}, nil
		}
	}
	return nil, errors.New("root cannot run a server and there is no user postgres or nobody")
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it does not fail
	return hex.EncodeToString(b)
}

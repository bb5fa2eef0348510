package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"jinchu/api"
	"jinchu/engine"
	"jinchu/engine/inmem"
	"jinchu/register"
	"jinchu/story"
	"jinchu/workflows"
)

type storyCmd struct {
	Files []string `arg:"" type:"existingfile" help:"Stories, see doc/stories.md."`
	HTTP  bool     `help:"Play over the JSON API, served on a loopback port for the time."`
	database
}

// Run plays the stories on the engine alone, or on the database that is named,
// or over HTTP in front of either. Exit status 0 only if every line came out
// as written.
func (c *storyCmd) Run(ctx context.Context) error {
	var behind engine.Store = inmem.New()
	if c.Data != "" || c.Database != "" {
		s, err := c.open(ctx, true)
		if err != nil {
			return err
		}
		defer s.Close()
		behind = s
	}
	var run [4]byte
	if _, err := rand.Read(run[:]); err != nil {
		return err
	}
	plain, err := story.NewEngineDriver(behind, hex.EncodeToString(run[:]), workflows.All, loadProfile)
	if err != nil {
		return err
	}
	var driver story.Driver = plain
	if c.HTTP {
		front := &storyFront{}
		defer front.close()
		driver = story.NewHTTPDriver(plain, &http.Client{Timeout: 30 * time.Second}, front.serve)
	}
	failed := 0
	for _, name := range c.Files {
		ok, err := playStory(ctx, name, driver)
		if err != nil {
			return err
		}
		if !ok {
			failed++
		}
	}
	fmt.Printf("%d 个故事,%d 个未通过。 %d stories, %d failed.\n", len(c.Files), failed, len(c.Files), failed)
	if failed > 0 {
		return fmt.Errorf("%w: %d stories failed", errNo, failed)
	}
	return nil
}

func playStory(ctx context.Context, name string, driver story.Driver) (bool, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return false, err
	}
	f, err := story.Parse(name, string(text))
	if err != nil {
		return false, err
	}
	result, err := story.Run(ctx, f, driver)
	if err != nil {
		return false, err
	}
	for _, failure := range result.Failures {
		fmt.Println(failure)
	}
	if result.Skipped != "" {
		fmt.Println(name + ": skipped: " + result.Skipped)
	}
	return result.OK(), nil
}

// storyFront serves one story's county at a time on a loopback port.
type storyFront struct{ server *http.Server }

func (f *storyFront) close() {
	if f.server != nil {
		f.server.Close()
		f.server = nil
	}
}

func (f *storyFront) serve(e *engine.Engine, county register.CountyID) (string, func(register.OfficeID) string, error) {
	f.close()
	tokens := &officeTokens{county: county, offices: map[[32]byte]register.OfficeID{}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	f.server = &http.Server{ReadHeaderTimeout: 10 * time.Second,
		Handler: api.New(api.Config{Engine: e, County: county, Tokens: tokens, Now: time.Now, Demo: true, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)})}
	go f.server.Serve(listener)
	return "http://" + listener.Addr().String(), tokens.token, nil
}

// officeTokens makes a token for any office that is asked for, as a story
// knows its offices only while it is played.
type officeTokens struct {
	county  register.CountyID
	mu      sync.Mutex
	offices map[[32]byte]register.OfficeID
}

func (t *officeTokens) token(office register.OfficeID) string {
	text := "jc_story-" + string(office)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.offices[api.HashToken(text)] = office
	return text
}

// Lookup implements [api.Tokens].
func (t *officeTokens) Lookup(_ context.Context, sum [32]byte) (api.Token, bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	office, ok := t.offices[sum]
	return api.Token{County: t.county, Office: office}, ok, nil
}

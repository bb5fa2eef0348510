package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

// Token is what a bearer token stands for. The token itself is kept nowhere,
// only its SHA-256.
type Token struct {
	County  register.CountyID
	Office  register.OfficeID
	Expires calendar.Date // the first day on which it is no longer good; no date: never
	Label   string        // what it is for, in the words of who asked for it
}

// Tokens finds tokens by the SHA-256 of their text.
type Tokens interface {
	Lookup(ctx context.Context, sha256 [32]byte) (Token, bool, error)
}

// StaticTokens are tokens held in memory, for demonstrations and tests. It is
// not to be changed once it serves.
type StaticTokens map[[32]byte]Token

// Lookup implements [Tokens].
func (t StaticTokens) Lookup(_ context.Context, sum [32]byte) (Token, bool, error) {
	token, ok := t[sum]
	return token, ok, nil
}

const tokenPrefix = "jc_"

// NewToken draws a token: its text, to be shown once, and the hash to keep.
func NewToken(rand io.Reader) (text string, sum [32]byte, err error) {
	var b [32]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return "", sum, fmt.Errorf("draw a token: %w", err)
	}
	text = tokenPrefix + base64.RawURLEncoding.EncodeToString(b[:])
	return text, HashToken(text), nil
}

// HashToken is the hash under which a token is kept.
func HashToken(text string) [32]byte { return sha256.Sum256([]byte(text)) }

// authenticate finds the token of a request. A token that is unknown, expired
// or of another county gets the same answer.
func (s *server) authenticate(r *http.Request, now time.Time) (Token, error) {
	scheme, text, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(text, tokenPrefix) {
		return Token{}, problem("no-token")
	}
	token, ok, err := s.Tokens.Lookup(r.Context(), HashToken(text))
	if err != nil {
		return Token{}, &engine.Unavailable{Err: err}
	}
	expired := !token.Expires.IsZero() && !calendar.DateOf(now).Before(token.Expires)
	if !ok || expired || token.County != s.County || token.Office == engine.ClockOffice {
		return Token{}, problem("bad-token")
	}
	return token, nil
}

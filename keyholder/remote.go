package keyholder

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"jinchu/sampling"
)

const (
	patience = 5 * time.Second // for one call
	maxBody  = 4 << 10         // bytes of an answer; a right one has under 200
)

// remote asks a holder on another machine.
type remote struct {
	party, base, token string
	client             *http.Client
	patience           time.Duration
}

// Remote is the holder that [Serve] serves at an address, asked with its token:
// https, or http on this machine only, since token and shares would go over the
// network in clear. Each call ends within the client's Timeout, 5 seconds if it
// sets none: an answer that is late, wrong in form, of another party, quarter or
// number, longer than it should be, or a redirection is an error. A nil client
// is one of its own.
//
// Share asks for numbers that were left out on the way, by calls that failed or
// came too fast, so that one failure does not keep all later shares away.
func Remote(party, address, token string, client *http.Client) (Holder, error) {
	if u, err := url.Parse(address); err == nil && u.Scheme == "http" && !onThisMachine(u.Hostname()) {
		return nil, fmt.Errorf("keyholder: %s: %s: %w", party, u.Host, ErrInClear)
	}
	return InsecureRemote(party, address, token, client)
}

// ErrInClear tells that a holder was to be asked over the network without
// encryption.
var ErrInClear = errors.New("it is not on this machine, and http would show the token and the shares to the network; " +
	"put a reverse proxy with a certificate before the holder and give its https address")

// onThisMachine reports whether a host is the loopback.
func onThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// InsecureRemote is [Remote], by http to any host as well: for a network that
// nobody else can listen to.
func InsecureRemote(party, address, token string, client *http.Client) (Holder, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("keyholder: %s: its address has to be like https://host:8421", party)
	case token == "":
		return nil, fmt.Errorf("keyholder: %s: there is no token to show", party)
	}
	r := &remote{party: party, base: strings.TrimSuffix(u.String(), "/"), token: token, client: &http.Client{}, patience: patience}
	if client != nil {
		own := *client
		r.client = &own
	}
	if r.client.Timeout > 0 {
		r.patience = r.client.Timeout
	}
	r.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return r, nil
}

// Format prints the party and no token under any verb.
func (r *remote) Format(f fmt.State, _ rune) {
	_, _ = f.Write([]byte("keyholder.Remote " + r.party))
}

// Party implements [Holder].
func (r *remote) Party() string { return r.party }

// Commit implements [Holder].
func (r *remote) Commit(ctx context.Context, q sampling.Quarter) (sampling.Hash, error) {
	ctx, cancel := context.WithTimeout(ctx, r.patience)
	defer cancel()
	return r.ask(ctx, http.MethodGet, q, askCommitment, 0)
}

// Reveal implements [Holder].
func (r *remote) Reveal(ctx context.Context, q sampling.Quarter) (sampling.Key, error) {
	ctx, cancel := context.WithTimeout(ctx, r.patience)
	defer cancel()
	h, err := r.ask(ctx, http.MethodPost, q, askKey, 0)
	return sampling.Key(h), err
}

// Share implements [Holder].
func (r *remote) Share(ctx context.Context, q sampling.Quarter, draw int) (sampling.Hash, error) {
	ctx, cancel := context.WithTimeout(ctx, r.patience)
	defer cancel()
	h, err := r.ask(ctx, http.MethodPost, q, askShare, draw)
	var refused *refused
	if !errors.As(err, &refused) || refused.Code != codeNext || refused.Next < 1 || refused.Next >= draw {
		return h, err
	}
	for n := refused.Next; n <= draw && ctx.Err() == nil; n++ {
		if h, err = r.ask(ctx, http.MethodPost, q, askShare, n); err != nil {
			return sampling.Hash{}, err
		}
	}
	if err := ctx.Err(); err != nil {
		return sampling.Hash{}, fmt.Errorf("keyholder: %s: %s: shares that were left out: %w", r.party, q.ID(draw), err)
	}
	return h, nil
}

// refused is a problem document in answer to a request.
type refused struct{ problem }

// Error shows the code, and nothing else that others wrote.
func (r *refused) Error() string { return fmt.Sprintf("it answers %d %s", r.Status, r.Code) }

// ask makes one request.
func (r *remote) ask(ctx context.Context, method string, q sampling.Quarter, what string, number int) (sampling.Hash, error) {
	path := "/v1/" + string(q) + "/" + what
	if number > 0 {
		path = fmt.Sprintf("/v1/%s/shares/%d", q, number)
	}
	h, err := r.request(ctx, method, path, answer{Party: r.party, Quarter: q, What: what, Number: number})
	if err != nil {
		return sampling.Hash{}, fmt.Errorf("keyholder: %s: %s: %w", r.party, path, err)
	}
	return h, nil
}

// request wants the answer that repeats what was asked.
func (r *remote) request(ctx context.Context, method, path string, want answer) (sampling.Hash, error) {
	request, err := http.NewRequestWithContext(ctx, method, r.base+path, nil)
	if err != nil {
		return sampling.Hash{}, err
	}
	request.Header.Set("Authorization", "Bearer "+r.token)
	response, err := r.client.Do(request)
	if err != nil {
		return sampling.Hash{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	if err != nil {
		return sampling.Hash{}, fmt.Errorf("its answer breaks off: %w", err)
	}
	if len(body) > maxBody {
		return sampling.Hash{}, fmt.Errorf("its answer is longer than %d bytes", maxBody)
	}
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")) // none is another kind
	if response.StatusCode != http.StatusOK {
		return sampling.Hash{}, problemOf(response.StatusCode, kind, body)
	}
	var got answer
	if kind != "application/json" || !exactly(body, &got) {
		return sampling.Hash{}, errors.New("its answer is not in the form agreed on")
	}
	want.Value = got.Value
	if got != want {
		return sampling.Hash{}, errors.New("it answers something else than was asked")
	}
	h, err := sampling.ParseHash(got.Value)
	if err != nil { // which would show the value
		return sampling.Hash{}, errors.New("its value is not 64 lower-case hex digits")
	}
	return h, nil
}

// problemOf is the error in answer to a request, whatever its form.
func problemOf(status int, kind string, body []byte) error {
	var p problem
	if kind == "application/problem+json" && exactly(body, &p) && p.Status == status && kinds[p.Code].status == status {
		return &refused{p}
	}
	return fmt.Errorf("it answers %d", status)
}

// exactly reads one JSON object of these members and nothing behind it.
func exactly(body []byte, into any) bool {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if d.Decode(into) != nil {
		return false
	}
	_, err := d.Token()
	return errors.Is(err, io.EOF)
}

package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"jinchu/keyholder"
	"jinchu/sampling"
)

// shareCmd is what the party that holds the second key does, on a machine of its
// own.
type shareCmd struct {
	Serve  shareServeCmd  `cmd:"" help:"答复份额的索取。 Answer requests for shares."`
	Commit shareCommitCmd `cmd:"" help:"打印一个季度密钥的承诺。 Print the commitment to the key of a quarter."`
	Reveal shareRevealCmd `cmd:"" help:"季度结束后打印其密钥。 Print the key of a quarter that is over."`
}

// shareKeys are the flags that name the secret: DIR/PARTY.key, in the form of
// [keyFile].
type shareKeys struct {
	Party string `help:"密钥属于哪一方。 Whose key it is." default:"dic"`
	Keys  string `help:"存放密钥、令牌和记录的目录,须备份。 Folder of key, token and record; it has to be in the backup." placeholder:"DIR" required:""`
}

func (k shareKeys) holder(create bool) (keyholder.Holder, error) {
	if filepath.Base(k.Party) != k.Party {
		return nil, fmt.Errorf("party %q is not like dic", k.Party)
	}
	master, err := loadMaster(filepath.Join(k.Keys, k.Party+".key"), create)
	if err != nil {
		return nil, err
	}
	return keyholder.Local(k.Party, master)
}

type shareCommitCmd struct {
	Quarter string `help:"县和季度。 County and quarter." placeholder:"420683/2026Q3" required:""`
	shareKeys
}

// Run prints the commitment, to be published before the quarter. The secret is
// made on first use.
func (c *shareCommitCmd) Run(ctx context.Context) error {
	q, err := sampling.ParseQuarter(c.Quarter)
	if err != nil {
		return err
	}
	h, err := c.holder(true)
	if err != nil {
		return err
	}
	commitment, err := h.Commit(ctx, q)
	if err != nil {
		return err
	}
	fmt.Println(commitment)
	return nil
}

type shareRevealCmd struct {
	Quarter string `help:"县和季度。 County and quarter." placeholder:"420683/2026Q3" required:""`
	shareKeys
}

// Run prints the key of a quarter that is over; before, the answer is no.
func (c *shareRevealCmd) Run(ctx context.Context) error { return c.reveal(ctx, time.Now()) }

func (c *shareRevealCmd) reveal(ctx context.Context, now time.Time) error {
	q, err := sampling.ParseQuarter(c.Quarter)
	if err != nil {
		return err
	}
	if end := q.End(); now.Before(end) {
		day := end.Format(time.DateOnly)
		return fmt.Errorf("%w: %s 起方可公开密钥。 The key is revealed from %s on", errNo, day, day)
	}
	h, err := c.holder(false)
	if err != nil {
		return err
	}
	key, err := h.Reveal(ctx, q)
	if err != nil {
		return err
	}
	fmt.Println(sampling.Hash(key))
	return nil
}

type shareServeCmd struct {
	Addr        string `help:"Address to listen on." default:"127.0.0.1:8421"`
	InsecureLan bool   `name:"insecure-lan" help:"允许在本机以外的地址上提供服务:本程序不加密,应在前面放置反向代理。 Listen beyond this machine: there is no TLS in it; a reverse proxy belongs in front."`
	shareKeys
}

// Run answers requests for shares until it is told to stop. On first use it
// makes the secret and a token, which it prints once.
func (c *shareServeCmd) Run(ctx context.Context) error {
	if !c.InsecureLan && !onThisMachine(c.Addr) {
		return fmt.Errorf("%s 不是本机地址:本程序不加密,请在前面放置反向代理,或加 --insecure-lan。 %s is not on this machine and there is no TLS: "+
			"put a reverse proxy in front, or say --insecure-lan", c.Addr, c.Addr)
	}
	h, err := c.holder(true)
	if err != nil {
		return err
	}
	token, err := loadToken(filepath.Join(c.Keys, c.Party+".token"))
	if err != nil {
		return err
	}
	record, err := keyholder.OpenRecord(c.Keys)
	if err != nil {
		return err
	}
	defer record.Close() // every line is durable already
	if record.Torn > 0 {
		fmt.Fprintf(os.Stderr, "记录末行不完整(%d 字节),已截去:该次索取未予答复。 A torn last line of %d bytes was cut off the record: it was not answered.\n", record.Torn, record.Torn)
	}
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return err
	}
	fmt.Printf("正在 http://%s/ 答复 %s 的份额 (Ctrl-C 结束)\nAnswering for %s on http://%s/ (Ctrl-C ends)\n", listener.Addr(), c.Party, c.Party, listener.Addr())
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 16 << 10,
		Handler: keyholder.Serve(keyholder.Config{Holder: h, Record: record, Token: token, Now: time.Now,
			Log: slog.New(slog.NewJSONHandler(os.Stderr, nil))})}
	return serveUntil(ctx, server, listener)
}

// onThisMachine reports an address that no other machine can reach.
func onThisMachine(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// loadToken reads the hash of the token from its file. On first use it makes a
// token, prints it once and keeps the hash; to have another, delete the file.
func loadToken(path string) ([sha256.Size]byte, error) {
	text, err := os.ReadFile(path)
	if err == nil {
		h, err := sampling.ParseHash(strings.TrimSuffix(string(text), "\n"))
		if err != nil {
			return h, fmt.Errorf("token %s: it holds no hash; delete the file to have another token", path)
		}
		return h, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return sampling.Hash{}, fmt.Errorf("token: %w", err)
	}
	var secret [32]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return sampling.Hash{}, fmt.Errorf("token: %w", err)
	}
	token := "js_" + base64.RawURLEncoding.EncodeToString(secret[:])
	sum := sampling.Hash(sha256.Sum256([]byte(token)))
	if err := makeSecret(path, sum.String()); err != nil {
		return sum, fmt.Errorf("token: %w", err)
	}
	fmt.Printf("令牌(只显示这一次) token, shown this once: %s\n", token)
	return sum, nil
}

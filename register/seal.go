package register

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"unique"
)

const (
	// MasterLen is the length of the master key in bytes.
	MasterLen = 32
	// NonceLen is the length of the nonce of a sealed ID number in bytes.
	NonceLen = 12

	// sealVersion stands in front of what is sealed, so that a later master
	// key or cipher can live beside this one.
	sealVersion byte = 1
	// hashLen is the length of the keyed hash in hexadecimal digits.
	hashLen = 2 * sha256.Size
)

// ErrSeal is the answer for a sealed ID number that does not open: damaged,
// of another person or county, or sealed under another key.
var ErrSeal = errors.New("sealed ID number does not open with this key for this person")

// Keys keep ID numbers: sealed with AES-256-GCM, and found by HMAC-SHA256. A
// plain hash would not do: all numbers of a county can be tried in seconds.
// Both keys come from one master key by HKDF-SHA256. Keys print as nothing.
type Keys struct {
	aead cipher.AEAD
	find []byte
}

// NewKeys derives the keys from a master key of [MasterLen] random bytes.
func NewKeys(master []byte) (*Keys, error) {
	if len(master) != MasterLen {
		return nil, fmt.Errorf("master key: %d bytes instead of %d", len(master), MasterLen)
	}
	seal, err := hkdf.Key(sha256.New, master, nil, "jinchu/id-number/seal/1", 32)
	if err != nil {
		return nil, fmt.Errorf("sealing key: %w", err)
	}
	find, err := hkdf.Key(sha256.New, master, nil, "jinchu/id-number/find/1", 32)
	if err != nil {
		return nil, fmt.Errorf("finding key: %w", err)
	}
	block, err := aes.NewCipher(seal)
	if err != nil {
		return nil, fmt.Errorf("sealing key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("sealing key: %w", err)
	}
	return &Keys{aead: aead, find: find}, nil
}

// Format prints no key under any verb.
func (k *Keys) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("register.Keys")) }

// Seal encrypts the ID number of a person: version, nonce, ciphertext. It
// opens only for the same county and person, so that rows cannot be swapped.
// The nonce is [NonceLen] bytes, random, and never used twice; any other
// length panics.
func (k *Keys) Seal(county CountyID, person PersonID, n IDNumber, nonce []byte) []byte {
	sealed := append([]byte{sealVersion}, nonce...)
	return k.aead.Seal(sealed, nonce, []byte(n.Reveal()), bound(county, person))
}

// Open decrypts what Seal made for the same county and person. All that can
// go wrong is [ErrSeal].
func (k *Keys) Open(county CountyID, person PersonID, sealed []byte) (IDNumber, error) {
	if len(sealed) < 1+NonceLen || sealed[0] != sealVersion {
		return IDNumber{}, ErrSeal
	}
	plain, err := k.aead.Open(nil, sealed[1:1+NonceLen], sealed[1+NonceLen:], bound(county, person))
	if err != nil || len(plain) != idLen {
		return IDNumber{}, ErrSeal
	}
	return IDNumber{unique.Make(string(plain))}, nil
}

// bound is the data a sealed number is bound to. Neither part holds a '|'.
func bound(county CountyID, person PersonID) []byte {
	return fmt.Appendf(nil, "%d|%s|%s", sealVersion, county, person)
}

// Hash is what a person is found by: a keyed hash of the ID number, 64
// hexadecimal digits, another one in every county.
func (k *Keys) Hash(county CountyID, n IDNumber) string {
	mac := hmac.New(sha256.New, k.find)
	mac.Write([]byte(county))
	mac.Write([]byte{'|'})
	mac.Write([]byte(n.Reveal()))
	return hex.EncodeToString(mac.Sum(nil))
}

// WithID returns a copy of the person with the ID number, sealed and hashed.
// Sex and date of birth are taken from the number where they are not known;
// where they are and differ, one of them is wrong and the answer is a
// [Fault]. The nonce is as [Keys.Seal] wants it.
func (p *Person) WithID(k *Keys, county CountyID, n IDNumber, nonce []byte) (*Person, error) {
	q := *p
	if q.Birth.IsZero() {
		q.Birth = n.Birth()
	}
	if q.Sex != "1" && q.Sex != "2" {
		q.Sex = n.Sex()
	}
	switch {
	case n == IDNumber{}:
		return nil, fault("bad-id-number", "id_number", "请填写身份证号", "an ID number is needed")
	case q.Birth != n.Birth():
		return nil, fault("birth-mismatch", "birth", "出生日期与身份证号不一致", "the date of birth is not the one in the ID number")
	case q.Sex != n.Sex():
		return nil, fault("sex-mismatch", "sex", "性别与身份证号不一致", "the sex is not the one in the ID number")
	}
	q.IDSealed = k.Seal(county, p.ID, n, nonce)
	q.IDHash = k.Hash(county, n)
	q.IDTail = n.Tail()
	return &q, nil
}

// Masked returns a copy of the person without the sealed ID number and its
// hash: what may leave the store.
func (p *Person) Masked() *Person {
	q := *p
	q.IDSealed, q.IDHash = nil, ""
	return &q
}

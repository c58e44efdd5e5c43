// Verifies a log with another maker's library, golang.org/x/mod/sumdb: the checkpoint with its package note, entries,
// tiles and proofs with its package tlog. Of Chancery it knows the paths of the log alone.
//
//	go run verify.go FOLDER VKEY EARLIER-SIZE
//
// Prints the size and the root, and the root that the log had at the earlier size.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	folder, vkey := os.Args[1], os.Args[2]
	earlier, err := strconv.ParseInt(os.Args[3], 10, 64)
	check(err)
	tree := checkpoint(folder, vkey)

	var stored hashes
	var records []tlog.Hash
	for at := int64(0); at < tree.N; at += 256 {
		for _, entry := range bundle(folder, at/256, min(256, tree.N-at)) {
			own, err := tlog.StoredHashes(int64(len(records)), entry, stored)
			check(err)
			stored = append(stored, own...)
			records = append(records, tlog.RecordHash(entry))
		}
	}
	root, err := tlog.TreeHash(tree.N, stored)
	check(err)
	if root != tree.Hash {
		fail("the entries have another root than was signed")
	}
	fmt.Println(tree.N, root)

	// This reader proves each tile that it reads against the root that was signed.
	tiled := tlog.TileHashReader(tree, tiles(folder))
	for at, record := range records {
		proof, err := tlog.ProveRecord(tree.N, int64(at), tiled)
		check(err)
		check(tlog.CheckRecord(proof, tree.N, tree.Hash, int64(at), record))
	}
	before, err := tlog.TreeHash(earlier, tiled)
	check(err)
	proof, err := tlog.ProveTree(tree.N, earlier, tiled)
	check(err)
	check(tlog.CheckTree(proof, tree.N, tree.Hash, earlier, before))
	fmt.Println(earlier, before)
}

func checkpoint(folder, vkey string) (tree tlog.Tree) {
	verifier, err := note.NewVerifier(vkey)
	check(err)
	signed, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	check(err)
	opened, err := note.Open(signed, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		fail("the checkpoint is of " + lines[0])
	}
	tree.N, err = strconv.ParseInt(lines[1], 10, 64)
	check(err)
	hash, err := base64.StdEncoding.DecodeString(lines[2])
	check(err)
	copy(tree.Hash[:], hash)
	return tree
}

func bundle(folder string, number, width int64) (entries [][]byte) {
	packed, err := os.ReadFile(path(folder, "entries", number, int(width)))
	check(err)
	for len(packed) > 0 {
		end := 2 + int(binary.BigEndian.Uint16(packed))
		entries = append(entries, packed[2:end])
		packed = packed[end:]
	}
	if int64(len(entries)) != width {
		fail("a bundle has another number of entries")
	}
	return entries
}

// path is that of C2SP tlog-tiles; package tlog has the height of tiles in it.
func path(folder, level string, number int64, width int) string {
	name := fmt.Sprintf("%03d", number%1000)
	for number /= 1000; number > 0; number /= 1000 {
		name = fmt.Sprintf("x%03d/%s", number%1000, name)
	}
	if width < 256 {
		name += fmt.Sprintf(".p/%d", width)
	}
	return filepath.Join(folder, "tile", level, name)
}

type tiles string

func (tiles) Height() int { return 8 }

func (folder tiles) ReadTiles(wanted []tlog.Tile) (data [][]byte, err error) {
	for _, tile := range wanted {
		bytes, err := os.ReadFile(path(string(folder), strconv.Itoa(tile.L), tile.N, tile.W))
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

type hashes []tlog.Hash

func (all hashes) ReadHashes(indexes []int64) (found []tlog.Hash, err error) {
	for _, index := range indexes {
		found = append(found, all[index])
	}
	return found, nil
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

func check(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(why string) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(1)
}

// Package storage is a double of the type that names an object.
package storage

// DataReference is an address such as s3://bucket/key.
type DataReference string

// String returns the address.
func (r DataReference) String() string { return string(r) }

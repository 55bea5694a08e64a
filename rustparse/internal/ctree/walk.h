// One walk over a finished tree-sitter tree.
//
// The structs repeat the layout of tree-sitter's own (subtree.h, tree.h and
// parser.h of the runtime in github.com/smacker/go-tree-sitter, MIT licence):
// reading the tree directly needs no call into the runtime for any node, so
// nothing has to be linked that its package does not export. TestLayout
// compares every node with the runtime's public interface.

#ifndef AWAITLINT_WALK_H
#define AWAITLINT_WALK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct { uint32_t bytes, row, column; } length;

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define BIG_ENDIAN_HOST 1
#endif

#define SUBTREE_BITS \
  bool visible : 1;  \
  bool named : 1;    \
  bool extra : 1;    \
  bool has_changes : 1; \
  bool is_missing : 1;  \
  bool is_keyword : 1;
#define SUBTREE_SIZE           \
  uint8_t padding_columns;     \
  uint8_t padding_rows : 4;    \
  uint8_t lookahead_bytes : 4; \
  uint8_t padding_bytes;       \
  uint8_t size_bytes;

// A small leaf, stored in the place of a pointer.
struct inline_node {
#ifdef BIG_ENDIAN_HOST
#if UINTPTR_MAX == 0xFFFFFFFF
  uint16_t parse_state;
  uint8_t symbol;
  SUBTREE_BITS
  bool unused : 1;
  bool is_inline : 1;
  SUBTREE_SIZE
#else
  SUBTREE_SIZE
  uint16_t parse_state;
  uint8_t symbol;
  SUBTREE_BITS
  bool unused : 1;
  bool is_inline : 1;
#endif
#else
  bool is_inline : 1;
  SUBTREE_BITS
  uint8_t symbol;
  uint16_t parse_state;
  SUBTREE_SIZE
#endif
};

// Every other node. Its children stand in memory before it.
struct heap_node {
  volatile uint32_t ref_count;
  length padding;
  length size;
  uint32_t lookahead_bytes;
  uint32_t error_cost;
  uint32_t child_count;
  uint16_t symbol;
  uint16_t parse_state;
  bool visible : 1;
  bool named : 1;
  bool extra : 1;
  bool fragile_left : 1;
  bool fragile_right : 1;
  bool has_changes : 1;
  bool has_external_tokens : 1;
  bool has_external_scanner_state_change : 1;
  bool depends_on_column : 1;
  bool is_missing : 1;
  bool is_keyword : 1;
  union {
    struct {
      uint32_t visible_child_count;
      uint32_t named_child_count;
      uint32_t visible_descendant_count;
      int32_t dynamic_precedence;
      uint16_t repeat_depth;
      uint16_t production_id;
      struct { uint16_t symbol, parse_state; } first_leaf;
    };
    struct {
      union { char *long_data; char short_data[24]; };
      uint32_t length;
    } external_scanner_state;
    int32_t lookahead_char;
  };
};

typedef union {
  struct inline_node data;
  const struct heap_node *ptr;
} subtree;

typedef struct { uint16_t field_id; uint8_t child_index; bool inherited; } field_entry;
typedef struct { uint16_t index, length; } field_slice;
typedef struct { bool visible, named, supertype; } symbol_metadata;

struct language {
  uint32_t version, symbol_count, alias_count, token_count, external_token_count;
  uint32_t state_count, large_state_count, production_id_count, field_count;
  uint16_t max_alias_sequence_length;
  const uint16_t *parse_table;
  const uint16_t *small_parse_table;
  const uint32_t *small_parse_table_map;
  const void *parse_actions;
  const char *const *symbol_names;
  const char *const *field_names;
  const field_slice *field_map_slices;
  const field_entry *field_map_entries;
  const symbol_metadata *symbol_metadata;
  const uint16_t *public_symbol_map;
  const uint16_t *alias_map;
  const uint16_t *alias_sequences;
};

struct tree {
  subtree root;
  const struct language *language;
};

// What the Go side gets, see Record. 16 bytes.
typedef struct {
  uint32_t start, end;
  int32_t parent;
  uint16_t symbol;
  uint8_t field;
  uint8_t flags;
} record;

enum { FLAG_MISSING = 1, FLAG_ANONYMOUS = 2, FLAG_EXTRA = 4 };
enum { ROLE_NONE, ROLE_MACRO, ROLE_TOKENS, ROLE_COMMENT, ROLE_WILDCARD };

// The children of one node, half walked.
typedef struct {
  const subtree *child, *end;
  const field_entry *fields, *fields_end;
  const uint16_t *aliases;  // by structural index, NULL for none
  uint32_t position;        // where the last child ended
  uint32_t structural;      // index of the next child among those that are no extras
  int32_t parent;           // record of the nearest visible node
  uint16_t parent_symbol;
  uint8_t field;            // the hidden node's own field, passed on to its children
  bool first;
} frame;

// Buffers that live as long as the parser.
typedef struct {
  record *records;
  uint32_t count, capacity;
  frame *frames;
  uint32_t frames_capacity;
} walker;

static inline bool grow(void **p, uint32_t *capacity, size_t size) {
  uint32_t n = *capacity ? *capacity * 2 : 1024;
  void *q = realloc(*p, n * size);
  if (!q) return false;
  *p = q;
  *capacity = n;
  return true;
}

static inline frame enter(const struct language *lang, const struct heap_node *n,
                          uint32_t start, int32_t parent, uint16_t symbol, uint8_t field) {
  frame f = {0};
  f.end = (const subtree *)n;
  f.child = f.end - n->child_count;
  if (lang->field_count) {
    field_slice s = lang->field_map_slices[n->production_id];
    f.fields = lang->field_map_entries + s.index;
    f.fields_end = f.fields + s.length;
  }
  if (n->production_id) {
    f.aliases = lang->alias_sequences + (size_t)n->production_id * lang->max_alias_sequence_length;
  }
  f.position = start;
  f.parent = parent;
  f.parent_symbol = symbol;
  f.field = field;
  f.first = true;
  return f;
}

// walk fills w->records with the named nodes of t in preorder, and with
// anonymous nodes that are missing or of ROLE_WILDCARD. The tokens of macro
// calls (a symbol of ROLE_TOKENS right under one of ROLE_MACRO) and comments
// are one node without children. It returns false when memory runs out.
static bool walk(walker *w, const struct tree *t, const uint8_t *roles, uint32_t role_count) {
  const struct language *lang = t->language;
  w->count = 0;
  uint32_t depth = 0;
  // The root is the only child of a frame of its own.
  frame f = {0};
  f.child = &t->root;
  f.end = f.child + 1;
  f.parent = -1;
  for (;;) {
    if (f.child == f.end) {
      if (depth == 0) return true;
      f = w->frames[--depth];
      continue;
    }
    subtree s = *f.child++;
    const struct inline_node in = s.data;
    bool is_inline = in.is_inline, extra, missing, visible, named;
    uint32_t padding, size;
    uint16_t symbol;
    if (is_inline) {
      padding = in.padding_bytes, size = in.size_bytes, symbol = in.symbol;
      extra = in.extra, missing = in.is_missing, visible = in.visible, named = in.named;
    } else {
      padding = s.ptr->padding.bytes, size = s.ptr->size.bytes, symbol = s.ptr->symbol;
      extra = s.ptr->extra, missing = s.ptr->is_missing, visible = s.ptr->visible, named = s.ptr->named;
    }
    uint32_t start = f.position;
    // A node begins where its first child does: the padding is counted once.
    if (!f.first || f.parent < 0) start += padding;
    f.first = false;
    f.position = start + size;

    uint8_t field = extra ? 0 : f.field;
    if (!extra) {
      if (f.aliases && f.aliases[f.structural]) {
        symbol = f.aliases[f.structural];
        visible = true;
        named = lang->symbol_metadata[symbol].named;
      }
      for (const field_entry *e = f.fields; e < f.fields_end; e++) {
        if (!e->inherited && e->child_index == f.structural) {
          field = (uint8_t)e->field_id;
          break;
        }
      }
      f.structural++;
    }

    uint32_t children = is_inline ? 0 : s.ptr->child_count;
    int32_t parent = f.parent;
    uint16_t parent_symbol = f.parent_symbol;
    uint8_t role = symbol < role_count ? roles[symbol] : ROLE_NONE;
    bool keep = visible && (named || missing || role == ROLE_WILDCARD);
    if (keep) {
      if (w->count == w->capacity && !grow((void **)&w->records, &w->capacity, sizeof(record))) return false;
      record *r = &w->records[w->count];
      r->start = start;
      r->end = start + size;
      r->parent = parent;
      r->symbol = symbol;
      r->field = field;
      r->flags = (missing ? FLAG_MISSING : 0) | (named ? 0 : FLAG_ANONYMOUS) | (extra ? FLAG_EXTRA : 0);
      bool in_macro = parent >= 0 && parent_symbol < role_count && roles[parent_symbol] == ROLE_MACRO;
      if (role == ROLE_COMMENT || (role == ROLE_TOKENS && in_macro)) children = 0;
      parent = (int32_t)w->count++;
      parent_symbol = symbol;
    }
    if (children) {
      if (f.child != f.end) {
        if (depth == w->frames_capacity && !grow((void **)&w->frames, &w->frames_capacity, sizeof(frame))) return false;
        w->frames[depth++] = f;
      }
      // Only hidden nodes pass their field on.
      f = enter(lang, s.ptr, start, parent, parent_symbol, visible ? 0 : field);
    }
  }
}

#endif

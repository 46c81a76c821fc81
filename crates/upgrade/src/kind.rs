//! The kinds of nodes: tokens below 256, symbols of the grammar from 256 on.
//!
//! Names and numbers are those that users of 2to3 know, because patterns name
//! them and messages show them. Symbols from 400 on are of syntax that 2to3
//! could not read.
// tidy: long because it is one table

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// Writes the enum, and the tables from and to names and numbers.
macro_rules! kinds {
    (tokens { $($token:ident $number:literal $name:literal $($text:literal)?,)* }
     symbols { $($symbol:ident $symbol_number:literal $symbol_name:literal,)* }) => {
        /// What sort of node or leaf it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Kind {
            $($token,)*
            $($symbol,)*
        }

        impl Kind {
            /// Every kind, tokens first, by number.
            pub const ALL: &[Self] = &[$(Self::$token,)* $(Self::$symbol,)*];

            const NUMBERS: &[u16] = &[$($number,)* $($symbol_number,)*];

            const TOKENS: u8 = [$(Self::$token,)*].len() as u8;

            /// `NAME`, `power`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$token => $name,)*
                    $(Self::$symbol => $symbol_name,)*
                }
            }

            /// The text of an operator or bracket; nothing where texts differ.
            pub const fn text(self) -> Option<&'static str> {
                match self {
                    $($(Self::$token => Some($text),)?)*
                    _ => None,
                }
            }
        }
    };
}

impl Kind {
    /// The kind that is called so: `NAME`, `power`.
    pub fn named(name: &str) -> Option<Self> {
        static NAMED: LazyLock<FxHashMap<&str, Kind>> =
            LazyLock::new(|| Kind::ALL.iter().map(|kind| (kind.name(), *kind)).collect());
        NAMED.get(name).copied()
    }

    /// The kind of an operator or bracket; `<>` is a `NOTEQUAL` as well.
    pub fn of_operator(text: &str) -> Option<Self> {
        if text == "<>" {
            return Some(Self::NotEqual);
        }
        Self::ALL.iter().copied().find(|kind| kind.text() == Some(text))
    }

    /// The number, as messages show it.
    pub const fn number(self) -> u16 {
        Self::NUMBERS[self as usize]
    }

    /// Its place in `ALL`: for tables, and for the matcher.
    #[inline]
    pub const fn ordinal(self) -> u16 {
        self as u16
    }

    /// The kind with this number.
    pub fn numbered(number: u16) -> Option<Self> {
        Self::NUMBERS.binary_search(&number).ok().map(|at| Self::ALL[at])
    }

    /// Whether nodes of this kind are leaves.
    #[inline]
    pub const fn is_token(self) -> bool {
        (self as u8) < Self::TOKENS
    }
}

kinds! {
tokens {
    EndMarker 0 "ENDMARKER",
    Name 1 "NAME",
    Number 2 "NUMBER",
    String 3 "STRING",
    Newline 4 "NEWLINE",
    Indent 5 "INDENT",
    Dedent 6 "DEDENT",
    LPar 7 "LPAR" "(",
    RPar 8 "RPAR" ")",
    LSqb 9 "LSQB" "[",
    RSqb 10 "RSQB" "]",
    Colon 11 "COLON" ":",
    Comma 12 "COMMA" ",",
    Semi 13 "SEMI" ";",
    Plus 14 "PLUS" "+",
    Minus 15 "MINUS" "-",
    Star 16 "STAR" "*",
    Slash 17 "SLASH" "/",
    VBar 18 "VBAR" "|",
    Amper 19 "AMPER" "&",
    Less 20 "LESS" "<",
    Greater 21 "GREATER" ">",
    Equal 22 "EQUAL" "=",
    Dot 23 "DOT" ".",
    Percent 24 "PERCENT" "%",
    BackQuote 25 "BACKQUOTE" "`",
    LBrace 26 "LBRACE" "{",
    RBrace 27 "RBRACE" "}",
    EqEqual 28 "EQEQUAL" "==",
    NotEqual 29 "NOTEQUAL" "!=",
    LessEqual 30 "LESSEQUAL" "<=",
    GreaterEqual 31 "GREATEREQUAL" ">=",
    Tilde 32 "TILDE" "~",
    Circumflex 33 "CIRCUMFLEX" "^",
    LeftShift 34 "LEFTSHIFT" "<<",
    RightShift 35 "RIGHTSHIFT" ">>",
    DoubleStar 36 "DOUBLESTAR" "**",
    PlusEqual 37 "PLUSEQUAL" "+=",
    MinEqual 38 "MINEQUAL" "-=",
    StarEqual 39 "STAREQUAL" "*=",
    SlashEqual 40 "SLASHEQUAL" "/=",
    PercentEqual 41 "PERCENTEQUAL" "%=",
    AmperEqual 42 "AMPEREQUAL" "&=",
    VBarEqual 43 "VBAREQUAL" "|=",
    CircumflexEqual 44 "CIRCUMFLEXEQUAL" "^=",
    LeftShiftEqual 45 "LEFTSHIFTEQUAL" "<<=",
    RightShiftEqual 46 "RIGHTSHIFTEQUAL" ">>=",
    DoubleStarEqual 47 "DOUBLESTAREQUAL" "**=",
    DoubleSlash 48 "DOUBLESLASH" "//",
    DoubleSlashEqual 49 "DOUBLESLASHEQUAL" "//=",
    At 50 "AT" "@",
    AtEqual 51 "ATEQUAL" "@=",
    RArrow 55 "RARROW" "->",
    Await 56 "AWAIT",
    Async 57 "ASYNC",
    ColonEqual 59 "COLONEQUAL" ":=",
}
symbols {
    FileInput 256 "file_input",
    AndExpr 257 "and_expr",
    AndTest 258 "and_test",
    Annassign 259 "annassign",
    Arglist 260 "arglist",
    Argument 261 "argument",
    ArithExpr 262 "arith_expr",
    AssertStmt 263 "assert_stmt",
    AsyncFuncdef 264 "async_funcdef",
    AsyncStmt 265 "async_stmt",
    Atom 266 "atom",
    Augassign 267 "augassign",
    BreakStmt 268 "break_stmt",
    Classdef 269 "classdef",
    CompFor 270 "comp_for",
    CompIf 271 "comp_if",
    CompIter 272 "comp_iter",
    CompOp 273 "comp_op",
    Comparison 274 "comparison",
    CompoundStmt 275 "compound_stmt",
    ContinueStmt 276 "continue_stmt",
    Decorated 277 "decorated",
    Decorator 278 "decorator",
    Decorators 279 "decorators",
    DelStmt 280 "del_stmt",
    Dictsetmaker 281 "dictsetmaker",
    DottedAsName 282 "dotted_as_name",
    DottedAsNames 283 "dotted_as_names",
    DottedName 284 "dotted_name",
    EncodingDecl 285 "encoding_decl",
    EvalInput 286 "eval_input",
    ExceptClause 287 "except_clause",
    ExecStmt 288 "exec_stmt",
    Expr 289 "expr",
    ExprStmt 290 "expr_stmt",
    Exprlist 291 "exprlist",
    Factor 292 "factor",
    FlowStmt 293 "flow_stmt",
    ForStmt 294 "for_stmt",
    Funcdef 295 "funcdef",
    GlobalStmt 296 "global_stmt",
    IfStmt 297 "if_stmt",
    ImportAsName 298 "import_as_name",
    ImportAsNames 299 "import_as_names",
    ImportFrom 300 "import_from",
    ImportName 301 "import_name",
    ImportStmt 302 "import_stmt",
    Lambdef 303 "lambdef",
    Listmaker 304 "listmaker",
    NamedexprTest 305 "namedexpr_test",
    NotTest 306 "not_test",
    OldLambdef 307 "old_lambdef",
    OldTest 308 "old_test",
    OrTest 309 "or_test",
    Parameters 310 "parameters",
    PassStmt 311 "pass_stmt",
    Power 312 "power",
    PrintStmt 313 "print_stmt",
    RaiseStmt 314 "raise_stmt",
    ReturnStmt 315 "return_stmt",
    ShiftExpr 316 "shift_expr",
    SimpleStmt 317 "simple_stmt",
    SingleInput 318 "single_input",
    Sliceop 319 "sliceop",
    SmallStmt 320 "small_stmt",
    StarExpr 321 "star_expr",
    Stmt 322 "stmt",
    Subscript 323 "subscript",
    Subscriptlist 324 "subscriptlist",
    Suite 325 "suite",
    Term 326 "term",
    Test 327 "test",
    Testlist 328 "testlist",
    Testlist1 329 "testlist1",
    TestlistGexp 330 "testlist_gexp",
    TestlistSafe 331 "testlist_safe",
    TestlistStarExpr 332 "testlist_star_expr",
    Tfpdef 333 "tfpdef",
    Tfplist 334 "tfplist",
    Tname 335 "tname",
    Trailer 336 "trailer",
    TryStmt 337 "try_stmt",
    Typedargslist 338 "typedargslist",
    Varargslist 339 "varargslist",
    Vfpdef 340 "vfpdef",
    Vfplist 341 "vfplist",
    Vname 342 "vname",
    WhileStmt 343 "while_stmt",
    WithItem 344 "with_item",
    WithStmt 345 "with_stmt",
    WithVar 346 "with_var",
    XorExpr 347 "xor_expr",
    YieldArg 348 "yield_arg",
    YieldExpr 349 "yield_expr",
    YieldStmt 350 "yield_stmt",
    AsexprTest 400 "asexpr_test",
    CaseBlock 401 "case_block",
    AsPattern 402 "as_pattern",
    Guard 403 "guard",
    MatchStmt 404 "match_stmt",
    PatternList 405 "pattern_list",
    TypeParams 406 "type_params",
    TypeStmt 407 "type_stmt",
    TypeVar 408 "type_var",
}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_lead_to_the_kind() {
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.name()), Some(*kind));
            assert_eq!(Kind::numbered(kind.number()), Some(*kind));
            assert_eq!(kind.is_token(), kind.name().chars().all(char::is_uppercase), "{kind:?}");
        }
        assert_eq!(Kind::of_operator("<>"), Some(Kind::NotEqual));
        assert_eq!(Kind::of_operator("**="), Some(Kind::DoubleStarEqual));
        assert_eq!(Kind::named("no_such"), None);
    }
}

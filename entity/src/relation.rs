//! The to-one links of a table, one line each.

/// Writes a table's `Relation`: `Link(ForeignKey) => module`, from that column to the other
/// table's `Id`. Links after a semicolon lead to a table that another link already leads to, and
/// get no `Related`. To-many links are scoped lists in the API instead.
macro_rules! belongs_to {
    (
        $($link:ident($column:ident) => $($target:ident)::+),*
        $(; $($other:ident($other_column:ident) => $($other_target:ident)::+),+)?
    ) => {
        /// The to-one links of a row.
        #[derive(Clone, Copy, Debug, EnumIter)]
        pub enum Relation {
            $(
                #[doc = concat!("By `", stringify!($column), "`.")]
                $link,
            )*
            $($(
                #[doc = concat!("By `", stringify!($other_column), "`.")]
                $other,
            )+)?
        }

        impl RelationTrait for Relation {
            fn def(&self) -> RelationDef {
                match *self {
                    $(Self::$link => Entity::belongs_to($($target)::+::Entity)
                        .from(Column::$column)
                        .to($($target)::+::Column::Id)
                        .into(),)*
                    $($(Self::$other => Entity::belongs_to($($other_target)::+::Entity)
                        .from(Column::$other_column)
                        .to($($other_target)::+::Column::Id)
                        .into(),)+)?
                }
            }
        }

        $(impl Related<$($target)::+::Entity> for Entity {
            fn to() -> RelationDef {
                Relation::$link.def()
            }
        })*
    };
}

pub(crate) use belongs_to;

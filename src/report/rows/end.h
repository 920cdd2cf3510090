/* At the end of each table of rows: the next one defines its own. */
#undef F
#undef M
#undef A
#undef J
#undef O

#undef C

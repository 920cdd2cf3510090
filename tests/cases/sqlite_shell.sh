# sqlite_shell.sh: the program sqlite3 waits for a database into which another one writes.
#
# Perfect: sqlite3 waits again and again for the lock of an SQLite database, held by the other one.
db=$PWD/the.db
sqlite3 "$db" 'create table t(x);'
mkfifo in
sqlite3 "$db" <in >out &
other=$!
exec 3>in
echo 'begin immediate; insert into t values(1); select 4711;' >&3
until grep -q 4711 out; do sleep 0.01; done
sqlite3 -cmd '.timeout 1000000' "$db" 'insert into t values(2);' 3>&- &
writer=$!
until grep -q nanosleep /proc/$writer/syscall 2>/dev/null || grep -q '^230 \|^35 ' /proc/$writer/syscall; do sleep 0.01; done
sleep 1.5
echo "ready pid=$writer other=$other db=$db"
wait

// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include <curses.h>

#include "screen/terminfo.h"
#include "util/clock.h"
#include "util/escape.h"
#include "util/heap.h"
#include "util/locale_name.h"

struct terminal {
	SCREEN *screen;
	FILE *in, *out;
	bool ascii, colour;
	uint64_t click_ns; /* of the last click, and where */
	unsigned click_row, click_column;
	chtype attributes[STYLES];
};

/* ---- put back as it was, whatever happens --------------------------------------- */

/* For a handler that may do next to nothing. */
static struct {
	bool taken;
	int fd;
	struct termios modes;
	char bytes[256];
	size_t count;
} as_it_was;

#define MOUSE_OFF "\033[?1006l\033[?1000l"

static void crashed(int signal_number)
{
	ssize_t n;

	if (as_it_was.taken) {
		n = write(as_it_was.fd, as_it_was.bytes, as_it_was.count);
		(void)n;
		tcsetattr(as_it_was.fd, TCSANOW, &as_it_was.modes);
	}
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

static void note_as_it_was(int fd)
{
	static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

	as_it_was.fd = fd;
	as_it_was.count = sizeof(MOUSE_OFF) - 1;
	memcpy(as_it_was.bytes, MOUSE_OFF, as_it_was.count);
	as_it_was.count += terminfo__way_back(as_it_was.bytes + as_it_was.count,
					      sizeof(as_it_was.bytes) - as_it_was.count);
	as_it_was.taken = true;
	for (size_t i = 0; i < sizeof(fatal) / sizeof(*fatal); i++)
		signal(fatal[i], crashed);
}

/* Curses ignores SIGTSTP while it draws, and one that waits to be read would be gone, unless there is a
 * handler. */
static void not_curses_business(int signal_number)
{
	(void)signal_number;
}

static void at_exit(void)
{
	if (as_it_was.taken)
		endwin();
	as_it_was.taken = false;
}

/* ---- colours ------------------------------------------------------------------------ */

static void set_attributes(struct terminal *t)
{
	static const struct {
		short text, ground;
		attr_t with, without; /* further attributes; those of a terminal without colours */
	} looks[STYLES] = {
		[STYLE_PLAIN] = {-1, -1, 0, 0},
		[STYLE_BOLD] = {-1, -1, A_BOLD, A_BOLD},
		[STYLE_DIM] = {-1, -1, A_DIM, A_DIM},
		[STYLE_HEADING] = {COLOR_CYAN, -1, A_BOLD, A_UNDERLINE},
		[STYLE_TITLE] = {COLOR_BLACK, COLOR_CYAN, 0, A_REVERSE},
		[STYLE_TAB] = {-1, -1, 0, 0},
		[STYLE_TAB_OPEN] = {-1, -1, A_REVERSE, A_REVERSE},
		[STYLE_KEY] = {COLOR_CYAN, -1, A_BOLD, A_BOLD},
		[STYLE_WARNING] = {COLOR_YELLOW, -1, A_BOLD, A_BOLD},
		[STYLE_CRITICAL] = {COLOR_RED, -1, A_BOLD, A_BOLD},
		[STYLE_SELECTED] = {-1, -1, A_REVERSE, A_REVERSE},
		[STYLE_MATCH] = {COLOR_GREEN, -1, A_BOLD, A_BOLD},
	};

	t->colour = t->colour && has_colors() && start_color() == OK && COLORS >= 8 && COLOR_PAIRS > STYLES;
	if (t->colour)
		use_default_colors();
	for (int i = 0; i < STYLES; i++) {
		t->attributes[i] = t->colour ? looks[i].with : looks[i].without;
		if (t->colour && (looks[i].text >= 0 || looks[i].ground >= 0)) {
			init_pair((short)(i + 1), looks[i].text, looks[i].ground);
			t->attributes[i] |= (chtype)COLOR_PAIR(i + 1);
		}
	}
}

/* ---- taking it over ------------------------------------------------------------------- */

static FILE *open_keys(void)
{
	int fd = isatty(STDIN_FILENO) ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
				      : open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	FILE *in = fd >= 0 ? fdopen(fd, "r") : NULL;

	if (!in && fd >= 0)
		close(fd);
	return in;
}

/* Only where its characters are UTF-8: the rest of the program stays in the C locale, where names are bytes.
 */
static bool use_utf8(void)
{
	if (setlocale(LC_CTYPE, locale_name__characters()) && !strcmp(nl_langinfo(CODESET), "UTF-8"))
		return true;
	setlocale(LC_CTYPE, "C");
	return false;
}

static void set_modes(void)
{
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	curs_set(0);
	mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	mouseinterval(0);
}

bool terminal__known(void)
{
	return terminfo__can_move(STDOUT_FILENO);
}

int terminal__open(bool colour, struct terminal **ret)
{
	struct terminal *t;
	FILE *in;

	*ret = NULL;
	if (!isatty(STDOUT_FILENO) || !(in = open_keys()))
		return -ENOTTY;
	if (!terminfo__can_move(STDOUT_FILENO)) {
		fclose(in);
		return -ENOTSUP;
	}
	t = HEAP_NEW(struct terminal, 1);
	*t = (struct terminal){.in = in, .out = stdout, .colour = colour, .ascii = !use_utf8()};
	tcgetattr(STDOUT_FILENO, &as_it_was.modes);
	signal(SIGTSTP, not_curses_business);
	set_escdelay(25); /* a key of its own, unless more follows at once */
	t->screen = newterm(NULL, t->out, t->in);
	if (!t->screen) {
		fclose(in);
		free(t);
		return -ENOTSUP;
	}
	note_as_it_was(STDOUT_FILENO);
	atexit(at_exit);
	set_modes();
	set_attributes(t);
	*ret = t;
	return 0;
}

void terminal__close(struct terminal *t)
{
	if (!t)
		return;
	endwin();
	as_it_was.taken = false;
	delscreen(t->screen);
	fclose(t->in);
	free(t);
}

void terminal__leave(struct terminal *t)
{
	(void)t;
	endwin();
	as_it_was.taken = false;
}

void terminal__return(struct terminal *t)
{
	(void)t;
	as_it_was.taken = true;
	set_modes();
	clearok(curscr, TRUE);
	refresh();
}

int terminal__fd(const struct terminal *t)
{
	return fileno(t->in);
}

bool terminal__ascii(const struct terminal *t)
{
	return t->ascii;
}

void terminal__size(struct terminal *t, unsigned *ret_rows, unsigned *ret_columns)
{
	struct winsize size = {0};

	(void)t;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col) {
		*ret_rows = LINES > 0 ? (unsigned)LINES : 0;
		*ret_columns = COLS > 0 ? (unsigned)COLS : 0;
		return;
	}
	*ret_rows = size.ws_row < CANVAS_ROWS ? size.ws_row : CANVAS_ROWS;
	*ret_columns = size.ws_col < CANVAS_COLUMNS ? size.ws_col : CANVAS_COLUMNS;
	if ((int)*ret_rows != LINES || (int)*ret_columns != COLS)
		resizeterm((int)*ret_rows, (int)*ret_columns);
}

/* ---- out ---------------------------------------------------------------------------------- */

/* A cell's characters as curses wants them; at most CCHARW_MAX of them. */
static void put_cell(const struct terminal *t, unsigned row, unsigned column, const struct cell *cell)
{
	wchar_t wide[CCHARW_MAX + 1] = {0};
	const char *s = cell->text;
	short pair = (short)PAIR_NUMBER(t->attributes[cell->style]);
	attr_t attributes = t->attributes[cell->style] & ~(chtype)A_COLOR;
	cchar_t c;

	for (size_t i = 0; i < CCHARW_MAX && *s; i++) {
		unsigned code = 0;
		size_t length = utf8_length(s, &code);

		wide[i] = length ? (wchar_t)code : L'?';
		s += length ? length : 1;
	}
	if (setcchar(&c, wide, attributes, pair, NULL) == OK)
		mvadd_wch((int)row, (int)column, &c);
}

void terminal__show(struct terminal *t, const struct canvas *c, bool again)
{
	if (again)
		clearok(curscr, TRUE);
	for (unsigned row = 0; row < c->rows && (int)row < LINES; row++)
		for (unsigned column = 0; column < c->columns && (int)column < COLS; column++) {
			const struct cell *cell = &c->cells[(size_t)row * c->columns + column];

			if (cell->columns)
				put_cell(t, row, column, cell);
		}
	refresh();
}

static void put_base64(FILE *out, const unsigned char *bytes, size_t count)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < count; i += 3) {
		unsigned b = (unsigned)bytes[i] << 16 | (i + 1 < count ? (unsigned)bytes[i + 1] << 8 : 0) |
			     (i + 2 < count ? bytes[i + 2] : 0);

		fputc(digits[b >> 18], out);
		fputc(digits[b >> 12 & 63], out);
		fputc(i + 1 < count ? digits[b >> 6 & 63] : '=', out);
		fputc(i + 2 < count ? digits[b & 63] : '=', out);
	}
}

#define COPIED_BYTES 74000 /* what terminals accept, in base64 under 100,000 */

void terminal__copy(struct terminal *t, const char *text)
{
	size_t length = strlen(text);

	fputs("\033]52;c;", t->out);
	put_base64(t->out, (const unsigned char *)text, length < COPIED_BYTES ? length : COPIED_BYTES);
	fputs("\a", t->out);
	fflush(t->out);
}

/* ---- in ------------------------------------------------------------------------------------ */

#define DOUBLE_CLICK_NS 400000000ull

static bool mouse_key(struct terminal *t, struct key *ret)
{
	MEVENT event;
	uint64_t now = monotonic_ns();
	bool twice;

	if (getmouse(&event) != OK || event.y < 0 || event.x < 0)
		return false;
	ret->row = (unsigned)event.y;
	ret->column = (unsigned)event.x;
	if (event.bstate & BUTTON4_PRESSED) {
		ret->code = CODE_WHEEL_UP;
	} else if (event.bstate & BUTTON5_PRESSED) {
		ret->code = CODE_WHEEL_DOWN;
	} else {
		twice = now - t->click_ns < DOUBLE_CLICK_NS && ret->row == t->click_row &&
			ret->column == t->click_column;
		ret->code = twice ? CODE_DOUBLE_CLICK : CODE_CLICK;
		t->click_ns = now;
		t->click_row = ret->row;
		t->click_column = ret->column;
	}
	return true;
}

static int function_key(int curses)
{
	static const struct {
		int curses, code;
	} codes[] = {{KEY_UP, CODE_UP},       {KEY_DOWN, CODE_DOWN},     {KEY_LEFT, CODE_LEFT},
		     {KEY_RIGHT, CODE_RIGHT}, {KEY_PPAGE, CODE_PAGE_UP}, {KEY_NPAGE, CODE_PAGE_DOWN},
		     {KEY_HOME, CODE_HOME},   {KEY_END, CODE_END},       {KEY_BACKSPACE, CODE_BACKSPACE},
		     {KEY_DC, CODE_DELETE},   {KEY_BTAB, CODE_BACK_TAB}, {KEY_ENTER, '\n'}};

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (codes[i].curses == curses)
			return codes[i].code;
	if (curses >= KEY_F(1) && curses <= KEY_F(12))
		return CODE_F(curses - KEY_F0);
	return 0;
}

/* Without one, curses says so; only the end of the file tells that there will be none. */
static bool has_ended(const struct terminal *t)
{
	struct pollfd fd = {.fd = fileno(t->in), .events = POLLIN};

	return poll(&fd, 1, 0) > 0 && (fd.revents & (POLLHUP | POLLERR | POLLNVAL));
}

bool terminal__key(struct terminal *t, struct key *ret, bool *ret_over)
{
	wint_t c = 0;
	int kind = get_wch(&c);

	*ret = (struct key){0};
	*ret_over = kind == ERR && has_ended(t);
	if (kind == ERR)
		return false;
	if (kind == KEY_CODE_YES && c == KEY_MOUSE)
		return mouse_key(t, ret);
	if (kind == KEY_CODE_YES)
		ret->code = function_key((int)c);
	else if (c == 27)
		ret->code = CODE_ESCAPE;
	else if (c == 127 || c == 8)
		ret->code = CODE_BACKSPACE;
	else
		ret->code = (int)c;
	return ret->code != 0;
}

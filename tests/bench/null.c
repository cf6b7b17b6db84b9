/* The yardstick: what FastCGI itself costs. A bare libfcgi loop, 600 octets, no log. */
#include <fcgiapp.h>
#include <string.h>

int main(void)
{
	static const char head[] = "Status: 200 OK\r\nContent-Type: text/plain\r\n"
				   "Content-Length: 600\r\n\r\n";
	char body[600], buf[8192];
	FCGX_Request r;

	memset(body, 'x', sizeof body);
	if (FCGX_Init() || FCGX_InitRequest(&r, 0, 0))
		return 1;
	while (FCGX_Accept_r(&r) == 0) {
		while (FCGX_GetStr(buf, sizeof buf, r.in) > 0)
			;
		FCGX_PutStr(head, sizeof head - 1, r.out);
		FCGX_PutStr(body, sizeof body, r.out);
		FCGX_Finish_r(&r);
	}
	return 0;
}

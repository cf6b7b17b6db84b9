#include "fcgi/dms/api.h"

int main(int argc, char **argv)
{
	return serve(&dms_service, argc, argv);
}

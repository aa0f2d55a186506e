// An empty program, linked like the native executable: the kernel's time to start and to end a process.
int main(void) { return 0; }

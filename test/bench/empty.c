// Nothing, linked as the native executable is: what the kernel takes to start a process and to end it.
int main(void) { return 0; }

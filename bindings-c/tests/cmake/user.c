#include <depesza.h>
#include <string.h>

int main(void) {
    const char *text = "Wizyta w środę";
    depesza_segments_t cost;
    return depesza_segments(text, strlen(text), 0, &cost) == DEPESZA_OK && cost.count == 1 && depesza_abi() == DEPESZA_ABI ? 0 : 1;
}

#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int settings_read(settings *all, const char *variable) {
    const char *path = getenv(variable);
    if (path == NULL) return -1;
    FILE *file = fopen(path, "rb");
    if (file == NULL) return -1;
    size_t length = fread(all->text, 1, sizeof all->text - 1, file);
    all->text[length] = 0;
    fclose(file);
    return 0;
}

const char *setting(const settings *all, const char *name, char *value, size_t size,
                    const char *fallback) {
    size_t name_length = strlen(name);
    for (const char *line = all->text; line != NULL && *line;) {
        if (strncmp(line, name, name_length) == 0 && line[name_length] == '=') {
            const char *start = line + name_length + 1;
            size_t length = strcspn(start, "\n");
            if (length >= size) length = size - 1;
            memcpy(value, start, length);
            value[length] = 0;
            return value;
        }
        line = strchr(line, '\n');
        if (line != NULL) line++;
    }
    if (fallback == NULL) return NULL;
    snprintf(value, size, "%s", fallback);
    return value;
}

unsigned long setting_number(const settings *all, const char *name, unsigned long fallback) {
    char value[64];
    return setting(all, name, value, sizeof value, NULL) ? strtoul(value, NULL, 0) : fallback;
}

size_t file_bytes(const char *path, unsigned char *out, size_t most) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return 0;
    size_t length = fread(out, 1, most, file);
    fclose(file);
    return length < most ? length : 0;
}

int setting_present(const settings *all, const char *name) {
    char path[1024];
    struct stat found;
    if (setting(all, name, path, sizeof path, NULL) == NULL) return 1;
    return stat(path, &found) == 0;
}

unsigned long setting_fault(const settings *all, const char *function, unsigned long count) {
    char value[128];
    if (setting(all, "fail", value, sizeof value, NULL) == NULL) return 0;
    char *colon = strchr(value, ':');
    if (colon == NULL) return 0;
    *colon = 0;
    if (strcmp(value, function) != 0) return 0;
    char *rest;
    unsigned long nth = strtoul(colon + 1, &rest, 0);
    if (*rest != ':') return 0;
    return nth == 0 || nth == count ? strtoul(rest + 1, NULL, 0) : 0;
}

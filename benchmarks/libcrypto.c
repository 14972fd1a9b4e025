/* libcrypto.c - the machine's OpenSSL, timed in C so that no Python stands in the ratio.
 *
 * Built by libcrypto.py into a temporary folder.  No header of OpenSSL is needed: the functions
 * used are looked up by name in libcrypto.so.3.  Every function returns seconds of one call, of
 * this thread's CPU time, or a negative number where OpenSSL refused. */
#define _POSIX_C_SOURCE 200809L
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

static int (*digest)(const void *, size_t, unsigned char *, unsigned *, const void *, void *);
static const void *(*sm3)(void);
static void *(*keygen)(void *, const char *, const char *, ...);
static void *(*md_new)(void), (*md_free)(void *);
static void *(*pkey_new)(void *, void *), (*pkey_free)(void *);
static int (*set_id)(void *, const void *, int);
static void (*set_pkey)(void *, void *);
static int (*sign_init)(void *, void **, const void *, void *, void *);
static int (*verify_init)(void *, void **, const void *, void *, void *);
static int (*do_sign)(void *, unsigned char *, size_t *, const unsigned char *, size_t);
static int (*do_verify)(void *, const unsigned char *, size_t, const unsigned char *, size_t);

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *library;

static int find(void *function, const char *name) {
    void *found = dlsym(library, name);
    memcpy(function, &found, sizeof found);
    return found != NULL;
}

int start(const char *path) {
    library = dlopen(path, RTLD_NOW);
    return library && find(&digest, "EVP_Digest") && find(&sm3, "EVP_sm3") &&
           find(&keygen, "EVP_PKEY_Q_keygen") && find(&md_new, "EVP_MD_CTX_new") &&
           find(&md_free, "EVP_MD_CTX_free") && find(&pkey_new, "EVP_PKEY_CTX_new") &&
           find(&pkey_free, "EVP_PKEY_CTX_free") && find(&set_id, "EVP_PKEY_CTX_set1_id") &&
           find(&set_pkey, "EVP_MD_CTX_set_pkey_ctx") &&
           find(&sign_init, "EVP_DigestSignInit") && find(&verify_init, "EVP_DigestVerifyInit") &&
           find(&do_sign, "EVP_DigestSign") && find(&do_verify, "EVP_DigestVerify");
}

double time_sm3(const unsigned char *data, size_t length, int loops) {
    unsigned char out[64];
    unsigned out_length;
    double begin = now();
    for (int i = 0; i < loops; i++)
        if (!digest(data, length, out, &out_length, sm3(), NULL)) return -1;
    return (now() - begin) / loops;
}

/* One signature or verification of a 64-byte message under the default ID, as a program does it:
 * a context for each message, because the ID goes into each. */
static int once(void *key, int verify, unsigned char *sig, size_t *sig_length) {
    static const unsigned char message[64];
    void *md = md_new(), *context = pkey_new(key, NULL);
    int good;
    set_id(context, "1234567812345678", 16);
    set_pkey(md, context);
    if (verify)
        good = verify_init(md, NULL, sm3(), NULL, key) == 1 &&
               do_verify(md, sig, *sig_length, message, sizeof message) == 1;
    else
        good = sign_init(md, NULL, sm3(), NULL, key) == 1 &&
               do_sign(md, sig, sig_length, message, sizeof message) == 1;
    md_free(md);
    pkey_free(context);
    return good;
}

double time_sm2(int verify, int loops) {
    static void *key;
    unsigned char sig[128];
    size_t sig_length = sizeof sig;
    double begin;
    if (key == NULL) key = keygen(NULL, NULL, "SM2");
    if (key == NULL || !once(key, 0, sig, &sig_length)) return -1;
    begin = now();
    for (int i = 0; i < loops; i++) {
        if (!verify) sig_length = sizeof sig;
        if (!once(key, verify, sig, &sig_length)) return -1;
    }
    return (now() - begin) / loops;
}

// The BLAS and LAPACK routines this package uses, under names and types that do not change with the vendor's header
// (reference, OpenBLAS, BLIS, ATLAS: enumerations are named differently in each, and some have no LAPACK prototypes).
#ifndef FINGERPOST_CBLAS_SHIM_H
#define FINGERPOST_CBLAS_SHIM_H

#include <cblas.h>
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// --- BLAS, row-major -----------------------------------------------------------------------------------------------

/// c = alpha * op(a) * op(b) + beta * c, with op(a) m x k, op(b) k x n and c m x n, all row-major.
static inline void fp_blas_sgemm(bool transpose_a, bool transpose_b, int32_t m, int32_t n, int32_t k, float alpha,
                                 const float *a, int32_t lda, const float *b, int32_t ldb, float beta, float *c,
                                 int32_t ldc) {
    cblas_sgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans, m, n,
                k, alpha, a, lda, b, ldb, beta, c, ldc);
}

/// y = alpha * op(a) * x + beta * y, with a m x n row-major.
static inline void fp_blas_sgemv(bool transpose_a, int32_t m, int32_t n, float alpha, const float *a, int32_t lda,
                                 const float *x, float beta, float *y) {
    cblas_sgemv(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, m, n, alpha, a, lda, x, 1, beta, y, 1);
}

// --- LAPACK, column-major ------------------------------------------------------------------------------------------
// Fortran passes everything by address and the length of each character argument, by value, after the others.

void dsyevd_(const char *jobz, const char *uplo, const int32_t *n, double *a, const int32_t *lda, double *w,
             double *work, const int32_t *lwork, int32_t *iwork, const int32_t *liwork, int32_t *info,
             size_t jobz_length, size_t uplo_length);
void dpotrf_(const char *uplo, const int32_t *n, double *a, const int32_t *lda, int32_t *info, size_t uplo_length);
void dpotrs_(const char *uplo, const int32_t *n, const int32_t *nrhs, const double *a, const int32_t *lda, double *b,
             const int32_t *ldb, int32_t *info, size_t uplo_length);
void dgelsd_(const int32_t *m, const int32_t *n, const int32_t *nrhs, double *a, const int32_t *lda, double *b,
             const int32_t *ldb, double *s, const double *rcond, int32_t *rank, double *work, const int32_t *lwork,
             int32_t *iwork, int32_t *info);
void dgesdd_(const char *jobz, const int32_t *m, const int32_t *n, double *a, const int32_t *lda, double *s, double *u,
             const int32_t *ldu, double *vt, const int32_t *ldvt, double *work, const int32_t *lwork, int32_t *iwork,
             int32_t *info, size_t jobz_length);

/// Eigenvalues (ascending) and eigenvectors of a symmetric matrix of which the upper triangle is read. With `lwork`
/// or `liwork` -1, only writes the sizes of work space it wants to work[0] and iwork[0]. Returns LAPACK's `info`.
static inline int32_t fp_lapack_dsyevd(int32_t n, double *a, double *w, double *work, int32_t lwork, int32_t *iwork,
                                       int32_t liwork) {
    int32_t info = 0, lda = n > 0 ? n : 1;
    dsyevd_("V", "U", &n, a, &lda, w, work, &lwork, iwork, &liwork, &info, 1, 1);
    return info;
}

/// Cholesky factor of a positive definite matrix, over its upper triangle.
static inline int32_t fp_lapack_dpotrf(int32_t n, double *a) {
    int32_t info = 0, lda = n > 0 ? n : 1;
    dpotrf_("U", &n, a, &lda, &info, 1);
    return info;
}

/// Solves for `nrhs` columns with the factor that `fp_lapack_dpotrf` left.
static inline int32_t fp_lapack_dpotrs(int32_t n, int32_t nrhs, const double *a, double *b) {
    int32_t info = 0, ld = n > 0 ? n : 1;
    dpotrs_("U", &n, &nrhs, a, &ld, b, &ld, &info, 1);
    return info;
}

/// Least squares of minimum norm by singular values. `b` has max(m, n) rows. `lwork` -1 asks for sizes.
static inline int32_t fp_lapack_dgelsd(int32_t m, int32_t n, int32_t nrhs, double *a, double *b, double *s,
                                       double rcond, int32_t *rank, double *work, int32_t lwork, int32_t *iwork) {
    int32_t info = 0, lda = m > 0 ? m : 1, ldb = m > n ? m : n;
    if (ldb < 1) ldb = 1;
    dgelsd_(&m, &n, &nrhs, a, &lda, b, &ldb, s, &rcond, rank, work, &lwork, iwork, &info);
    return info;
}

/// Thin singular value decomposition of the column-major m x n `a`. `lwork` -1 asks for sizes.
static inline int32_t fp_lapack_dgesdd(int32_t m, int32_t n, double *a, double *s, double *u, double *vt, double *work,
                                       int32_t lwork, int32_t *iwork) {
    int32_t info = 0, rank = m < n ? m : n;
    int32_t ldm = m > 0 ? m : 1, ldr = rank > 0 ? rank : 1;
    dgesdd_("S", &m, &n, a, &ldm, s, u, &ldm, vt, &ldr, work, &lwork, iwork, &info, 1);
    return info;
}

// --- Which library is loaded ---------------------------------------------------------------------------------------
// Looked up at run time: a program is linked against the plain interface and gets whatever library serves it.

static inline void *fp_blas_symbol(const char *name) {
    // A null name gives the program and all it is linked against, whatever the platform calls that scope.
    void *program = dlopen(0, RTLD_LAZY);
    if (!program) return 0;
    void *symbol = dlsym(program, name);
    dlclose(program);
    return symbol;
}

/// Makes the library run each call on the calling thread alone. False where it has no such switch (and no threads).
static inline bool fp_blas_use_one_thread(void) {
    void *set;
    if ((set = fp_blas_symbol("openblas_set_num_threads"))) return ((void (*)(int))set)(1), true;
    if ((set = fp_blas_symbol("bli_thread_set_num_threads"))) return ((void (*)(int64_t))set)(1), true;
    if ((set = fp_blas_symbol("MKL_Set_Num_Threads"))) return ((void (*)(int))set)(1), true;
    return false;
}

/// Threads that a call may use; 0 where the library does not say.
static inline int32_t fp_blas_threads(void) {
    void *get = fp_blas_symbol("openblas_get_num_threads");
    return get ? ((int (*)(void))get)() : 0;
}

/// OpenBLAS's build configuration, or null.
static inline const char *fp_blas_configuration(void) {
    void *get = fp_blas_symbol("openblas_get_config");
    return get ? ((char *(*)(void))get)() : 0;
}

/// The processor type OpenBLAS has chosen its kernels for, or null.
static inline const char *fp_blas_core(void) {
    void *get = fp_blas_symbol("openblas_get_corename");
    return get ? ((char *(*)(void))get)() : 0;
}

// dladdr, which <dlfcn.h> declares only under _GNU_SOURCE; a module cannot count on that being set.
struct fp_blas_object {
    const char *file;
    void *file_base;
    const char *symbol;
    void *symbol_address;
};
int fp_blas_dladdr(const void *address, struct fp_blas_object *object) __asm__("dladdr");

/// The file that the loader took `symbol` from, or null. It lives as long as the library stays loaded.
static inline const char *fp_blas_file_of(const char *symbol) {
    struct fp_blas_object object;
    void *address = fp_blas_symbol(symbol);
    return address && fp_blas_dladdr(address, &object) ? object.file : 0;
}

#ifdef __cplusplus
}
#endif
#endif

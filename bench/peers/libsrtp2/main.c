/* libsrtp2 beside Parley: nanoseconds to protect and to unprotect a packet, by profile. One JSON line out.
 *
 *   main [SECONDS] [MESSAGE]
 */
#include <srtp2/srtp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { header = 12, room = 4096, batch = 512 };

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void check(int status, const char *what) {
  if (status) {
    fprintf(stderr, "%s: %d\n", what, status);
    exit(1);
  }
}

static srtp_t open_context(srtp_profile_t profile, srtp_ssrc_type_t direction, unsigned char *key) {
  srtp_policy_t policy;
  srtp_t context;
  memset(&policy, 0, sizeof policy);
  check(srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, profile), "policy");
  check(srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, profile), "policy");
  policy.ssrc.type = direction;
  policy.key = key;
  policy.window_size = 1024;
  check(srtp_create(&context, &policy), "create");
  return context;
}

static void measure(srtp_profile_t profile, double seconds, int message, double *protect, double *unprotect) {
  static unsigned char packets[batch][room];
  static int lengths[batch];
  unsigned char key[64];
  unsigned sequence = 0;
  double end, sent = 0, received = 0;
  long count = 0;
  memset(key, 7, sizeof key);
  srtp_t sender = open_context(profile, ssrc_any_outbound, key), receiver = open_context(profile, ssrc_any_inbound, key);
  end = now() + seconds;
  while (now() < end) {
    for (int i = 0; i < batch; i++, sequence++) {
      unsigned char *p = packets[i];
      memset(p, 0, header);
      p[0] = 0x80;
      p[1] = 96;
      p[2] = (unsigned char)(sequence >> 8);
      p[3] = (unsigned char)sequence;
      p[11] = 1;
      lengths[i] = header + message;
    }
    double start = now();
    for (int i = 0; i < batch; i++) check(srtp_protect(sender, packets[i], &lengths[i]), "protect");
    double middle = now();
    for (int i = 0; i < batch; i++) check(srtp_unprotect(receiver, packets[i], &lengths[i]), "unprotect");
    sent += middle - start;
    received += now() - middle;
    count += batch;
  }
  *protect = sent / (double)count * 1e9;
  *unprotect = received / (double)count * 1e9;
  srtp_dealloc(sender);
  srtp_dealloc(receiver);
}

int main(int argc, char **argv) {
  double seconds = argc > 1 ? atof(argv[1]) : 5;
  int message = argc > 2 ? atoi(argv[2]) : 1200;
  double gcm[2], cm[2];
  if (message < 1 || message > room - 200) return 2;
  check(srtp_init(), "init");
  measure(srtp_profile_aead_aes_128_gcm, seconds / 2, message, &gcm[0], &gcm[1]);
  measure(srtp_profile_aes128_cm_sha1_80, seconds / 2, message, &cm[0], &cm[1]);
  printf("{\"peer\":\"libsrtp2\",\"workload\":\"srtp\",\"gcm_protect_ns\":%.1f,\"gcm_unprotect_ns\":%.1f,\"cm_protect_ns\":%.1f,\"cm_unprotect_ns\":%.1f}\n", gcm[0], gcm[1], cm[0], cm[1]);
  return 0;
}

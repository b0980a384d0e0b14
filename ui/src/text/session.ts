export const session = {
  signIn: {
    title: "Sign in",
    lead: "Welcome back.",
    login: "Email address or username",
    password: "Password",
    remember: "Keep me signed in on this device for 30 days",
    submit: "Sign in",
    submitting: "Signing in",
    noAccount: "No account yet?",
    register: "Create one",
    forgot: "Forgot your password?",
    forgotAnswer:
      "The studio sends no mail. Whoever runs it can give you a new password: ask them, and name the email address of your account.",
  },
  register: {
    title: "Create an account",
    lead: "Your portraits, voices and lessons are seen by you alone.",
    email: "Email address",
    username: "Username",
    usernameHint: "3 to 32 of a–z, 0–9, - and _",
    password: "Password",
    passwordHint: "At least 8 characters. Several unrelated words are good.",
    submit: "Create the account",
    submitting: "Creating the account",
    hasAccount: "Have an account already?",
    signIn: "Sign in",
  },
  expired: {
    title: "Please sign in again",
    lead: (name: string) =>
      `Your session has ended, ${name}. Sign in and go on where you were: nothing you typed is lost.`,
    unasked:
      "Your session has ended, and the studio was updated meanwhile. Sign in again in another tab, copy what you typed here and is not kept yet, and reload this page.",
    submit: "Go on",
    other: "Sign in as somebody else",
  },
  invalid: {
    email: "This is not an email address.",
    usernameLength: "A username has 3 to 32 characters.",
    usernameLetters: "Only a–z, 0–9, - and _ can be in a username.",
    passwordShort: "A password has at least 8 characters.",
    passwordLong: "A password has at most 128 characters.",
  },
  showPassword: "Show the password",
  hidePassword: "Hide the password",
  starting: "Looking who is there",
  poster: {
    heading: "A lesson by tonight",
    text: "Say what it is about, choose who presents it, and watch it being made scene by scene.",
    imageAlt: "A drawn presenter in front of a calm background",
  },
};

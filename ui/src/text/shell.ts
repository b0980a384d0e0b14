export const shell = {
  skip: "Skip to the content",
  navigation: "Main",
  home: "Home",
  newLesson: "New lesson",
  lessons: "Lessons",
  settings: "Settings",
  menu: "Menu",
  account: (name: string) => `Account of ${name}`,
  signOut: "Sign out",
  theme: {
    label: "Appearance",
    light: "Light",
    dark: "Dark",
    system: "As the device",
  },
  notifications: "Notifications",
  dismiss: "Dismiss",
};
